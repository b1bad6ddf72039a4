; Inno Setup 6.3 or newer: makes SCC-Admin-Setup-X.Y.Z.exe from the folder that dev.py build wrote.
;
;   iscc /DVersion=0.1.0 packaging\windows\scc-admin.iss
;
; Written from Inno Setup's documentation; it has not been compiled or run yet, there being no
; Windows where it was written. Signing: add SignTool and a certificate, see README.md.

#ifndef Version
  #error Give the version: iscc /DVersion=0.1.0 scc-admin.iss
#endif

[Setup]
AppId={{6E0C6E5C-0D0B-4C55-9C8D-2A6F4B9E7A11}
AppName=SCC Admin
AppVersion={#Version}
VersionInfoVersion={#Version}
AppPublisher=The scc_admin team
; For this person only, with no administrator: the usual case on a volunteer's or a staff laptop.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
DefaultDirName={autopf}\SCC Admin
DefaultGroupName=SCC Admin
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; Qt 6.11 asks for Windows 10 1809.
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\resources\icons\app\app.ico
UninstallDisplayIcon={app}\scc-admin-window.exe
OutputDir=..\..\dist
OutputBaseFilename=SCC-Admin-Setup-{#Version}
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ShowLanguageDialog=auto
; A running program keeps its files: ask to close it, and lose nothing (it saves as one types).
CloseApplications=yes
RestartApplications=no

[Languages]
; The first one is the one shown when Windows speaks neither.
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[CustomMessages]
fr.Desktop=Mettre une icône sur le bureau
en.Desktop=Put an icon on the desktop
fr.Open=Ouvrir SCC Admin
en.Open=Open SCC Admin
fr.Kept=SCC Admin est désinstallé. Vos espaces de travail et leurs sauvegardes sont restés où ils sont.
en.Kept=SCC Admin is removed. Your workspaces and their backups are where they were.

[Tasks]
Name: "desktop"; Description: "{cm:Desktop}"; Flags: unchecked

[InstallDelete]
; What an older version brought and this one does not; never a workspace, which lies elsewhere.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\scc-admin\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\SCC Admin"; Filename: "{app}\scc-admin-window.exe"
Name: "{autodesktop}\SCC Admin"; Filename: "{app}\scc-admin-window.exe"; Tasks: desktop

[Run]
Filename: "{app}\scc-admin-window.exe"; Description: "{cm:Open}"; Flags: nowait postinstall skipifsilent

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if (Step = usPostUninstall) and not UninstallSilent then
    MsgBox(CustomMessage('Kept'), mbInformation, MB_OK);
end;
