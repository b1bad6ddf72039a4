"""The command line: the same core from a shell. `scc-admin` alone opens the window.

Data goes to stdout, words to stderr. Exit codes: 0 fine, 1 findings or a failed verification,
2 wrong usage or a failure explained in one sentence.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scc_admin import __version__
from scc_admin.errors import Cancelled, UserError
from scc_admin.i18n import N_, Translator
from scc_admin.model import (
    DraftState,
    Ground,
    Language,
    Level,
    Network,
    PageKind,
    Post,
    PostKind,
    Rung,
    Situation,
    Target,
)

if TYPE_CHECKING:
    from scc_admin.keys import Kind
    from scc_admin.moderation.retention import Certify, Destruction
    from scc_admin.workspace import Workspace

FINE, FOUND, WRONG = 0, 1, 2
YES, NO = frozenset({"y", "yes", "o", "oui"}), frozenset({"", "n", "no", "non"})
ATTEMPTS = 3
"""How often a passphrase may be typed."""
F = TypeVar("F", bound=Callable[..., Any])
E = TypeVar("E", bound=StrEnum)


# -- a click that speaks both languages -----------------------------------------------------------


class _Option(click.Option):
    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        tr = _tr(ctx)
        kept, self.help = self.help, tr(self.help) if self.help else None
        try:
            record = super().get_help_record(ctx)
        finally:
            self.help = kept
        return record and (record[0], record[1].replace("[required]", tr(N_("[required]"))))


class _Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True  # click would refuse them in English
        rest = super().parse_args(ctx, args)
        if rest and not isinstance(self, click.Group):
            raise UserError(
                "too_many", N_("“{words}” is too much for this command."), words=" ".join(rest)
            )
        return rest

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=_tr(ctx)(N_("Usage:")) + " ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        tr = _tr(ctx)
        rows = []
        for param in self.get_params(ctx):
            record = None if isinstance(param, click.Argument) else param.get_help_record(ctx)
            if record is not None:
                own = param is self.get_help_option(ctx)
                rows.append((record[0], tr(N_("Show this help and quit")) if own else record[1]))
        with _section(formatter, tr(N_("Options:"))):
            formatter.write_dl(rows)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        kept, self.help = self.help, _tr(ctx)(self.help) if self.help else None
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = kept


class _Group(_Command, click.Group):
    command_class = _Command
    group_class = type

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        tr = _tr(ctx)
        rows = [
            (name, tr(command.help) if command.help else "")
            for name, command in sorted(self.commands.items())
            if not command.hidden
        ]
        with _section(formatter, tr(N_("Commands:"))):
            formatter.write_dl(rows)


def _section(formatter: click.HelpFormatter, title: str) -> AbstractContextManager[None]:
    # click writes the colon; what French has before it stays in the title.
    return formatter.section(title.removesuffix(":"))


def _tr(ctx: click.Context) -> Callable[[str], str]:
    session = ctx.find_object(Session)
    return session.tr.tr if session else Translator(_asked_language()).tr


def option(*names: str, text: str = "", **attributes: Any) -> Callable[[F], F]:
    """A click option whose help is a msgid."""
    return click.option(*names, cls=_Option, help=text, **attributes)


def _asked_language() -> Language:
    """From `--lang`, wherever it stands, else from the settings; French when nothing is asked."""
    arguments = sys.argv[1:]
    for index, argument in enumerate(arguments):
        value = ""
        if argument == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        elif argument.startswith("--lang="):
            value = argument.partition("=")[2]
        if value in list(Language):
            return Language(value)
    from scc_admin.settings import Settings, machine_file

    return Language(Settings(machine_file()).get("look.language"))


@dataclass
class Session:
    """What every command may ask for."""

    folder: Path | None
    tr: Translator

    def workspace(self, *, read_only: bool = False) -> Workspace:
        """The open workspace; closed when the command ends. At a terminal, what opens it is asked
        for where it is locked."""
        from scc_admin import keys
        from scc_admin.workspace import Workspace

        folder = self.named()
        try:
            workspace = Workspace.open(folder, read_only=read_only)
        except UserError as error:
            if error.code not in keys.LOCKED:
                raise
            workspace = self._unlocked(folder, error, read_only=read_only)
        click.get_current_context().call_on_close(workspace.close)
        self.tr.zone = workspace.chosen_zone
        return workspace

    def _unlocked(self, folder: Path, refusal: UserError, *, read_only: bool) -> Workspace:
        """The workspace, opened by what is typed at the terminal. Raises UserError, Cancelled."""
        from scc_admin import keys
        from scc_admin.workspace import Workspace

        tries = ATTEMPTS
        while True:
            click.echo(self.tr.explain(refusal), err=True)
            typed = self.secret(
                N_("Passphrase or recovery code:"),
                N_(
                    "There is no terminal to ask at: put the passphrase or the recovery code into"
                    " {variable}."
                ),
                keys.PASSPHRASE_VARIABLE,
            )
            tries -= 1
            passphrase, code = keys.as_typed(folder, typed)
            try:
                return Workspace.open(
                    folder, passphrase=passphrase, recovery_code=code, read_only=read_only
                )
            except UserError as error:
                if error.code not in keys.MISTYPED or not tries:
                    raise
                refusal = error

    def secret(self, question: str, nowhere: str, variable: str) -> str:
        """What is typed, unseen, at the terminal. Raises Cancelled when that is nothing, UserError
        with the msgid `nowhere` where there is no terminal."""
        if sys.stdin is None or not sys.stdin.isatty():
            raise UserError("no_terminal", nowhere, variable=variable)
        from getpass import getpass

        try:
            typed = getpass(self.tr.tr(question) + " ")
        except EOFError:
            typed = ""
        if not typed:
            raise Cancelled
        return typed

    def new_secret(self, question: str, variable: str) -> str:
        """A passphrase to be: from the environment, or typed twice. Never an argument: the list of
        running programs shows those to everyone. Raises UserError, Cancelled."""
        given = os.environ.get(variable, "")
        while not given:
            nowhere = N_("There is no terminal to ask at: put the passphrase into {variable}.")
            typed = self.secret(question, nowhere, variable)
            if self.secret(N_("The same once more:"), nowhere, variable) == typed:
                given = typed
            else:
                self.say(N_("The two are not the same. Once more:"))
        return given

    def confirmed(self, question: str) -> bool:
        """Whether a question is answered by yes, in either language. Raises Cancelled at the end
        of the input."""
        prompt = f"{question} {self.tr.tr(N_('[y/N]'))} "
        while True:
            click.echo(prompt, err=True, nl=False)
            line = "" if sys.stdin is None else sys.stdin.readline()
            said = line.strip().casefold()
            if not line:
                raise Cancelled
            if said in YES or said in NO:
                return said in YES
            self.say(N_("Answer by yes or no."))

    def named(self) -> Path:
        """The folder that was named. Raises UserError when none was."""
        if self.folder is None:
            raise UserError(
                "which_workspace", N_("Name the workspace with --workspace and its folder.")
            )
        return self.folder

    def say(self, msgid: str, **params: object) -> None:
        """A sentence for the person, on stderr."""
        click.echo(self.tr.tr(msgid, **params), err=True)


def data(value: object) -> None:
    """A JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def table(rows: Iterable[Sequence[object]]) -> None:
    """Rows on stdout, columns parted by tabs; no field can break a line."""
    for row in rows:
        click.echo("\t".join(" ".join(_text(cell).split()) for cell in row))


def _text(value: object) -> str:
    if value is None:
        return ""
    plain = _plain(value) if isinstance(value, date | datetime) else value
    return str(plain).encode("utf-8", "replace").decode()


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(type(value))


class Moment(click.ParamType[datetime]):
    """An ISO date and time; without an offset it is this computer's."""

    name = "date-time"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return _moment(value)
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                "moment",
                N_("“{value}” is not a date and time; write it like {example}."),
                value=value,
                example="2026-11-23T14:02-05:00",
            ) from None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Day(click.ParamType[date]):
    """An ISO date."""

    name = "date"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,  # noqa: ARG002
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise UserError(
                "day",
                N_("“{value}” is not a date; write it like {example}."),
                value=value,
                example="2026-11-23",
            ) from None


class Number(click.types.IntParamType):
    """The number of something in the workspace, as far as a database counts."""

    LAST = (1 << 63) - 1

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not 1 <= number <= self.LAST:
            self.fail(str(value), param, ctx)
        return number


class Place(click.Path):
    """A path; what is wrong with it is said in the user's language."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            path = Path(os.fsdecode(value))
            if not path.exists():
                problem = N_("There is nothing at {path}. Check the name and the place.")
            elif path.is_dir() and not self.dir_okay:
                problem = N_("{path} is a folder; name a file.")
            elif path.is_file() and not self.file_okay:
                problem = N_("{path} is a file; name a folder.")
            else:
                problem = N_("{path} cannot be read. Check its name and place.")
            raise UserError("place", problem, path=path) from error


MOMENT = Moment()
DAY = Day()
NUMBER = Number()
DIRECTORY = Place(path_type=Path, file_okay=False)
FILE = Place(path_type=Path, dir_okay=False, exists=True)
NEW_FILE = Place(path_type=Path, dir_okay=False, readable=False)
FORCE = option("--force", is_flag=True, text=N_("Write over a file of that name"))
PAPER = (".pdf",)


def choice(values: Iterable[str]) -> click.Choice[str]:
    return click.Choice([str(value) for value in values])


# -- the root -------------------------------------------------------------------------------------


@click.group(
    cls=_Group,
    invoke_without_command=True,
    help=N_(
        "Draft, check and moderate the pages of a charity, offline. Alone, it opens the window."
    ),
)
@option("--workspace", type=DIRECTORY, text=N_("Folder of the workspace"))
@option("--lang", type=choice(Language), text=N_("Language of the messages: fr or en"))
@click.version_option(
    __version__, prog_name="scc-admin", cls=_Option, help=N_("Show the version and quit")
)
@click.pass_context
def cli(ctx: click.Context, workspace: Path | None, lang: str | None) -> None:
    place = workspace or os.environ.get("SCC_ADMIN_WORKSPACE")
    language = Language(lang) if lang else _asked_language()
    ctx.obj = Session(Path(place) if place else None, Translator(language))
    if ctx.invoked_subcommand is None:
        ctx.invoke(window)


@cli.command(cls=_Command, help=N_("Open the window."))
@option("--once", is_flag=True, text=N_("Show every screen once, then quit (a self-test)"))
@click.pass_obj
def window(session: Session, once: bool = False) -> None:
    # By name: the core imports no window; this door, and the program alone, open on them.
    from scc_admin import keys, settings

    if not settings.has_display():
        raise UserError(
            "no_display",
            N_("There is no screen here to open a window on. From a shell: scc-admin --help"),
        )
    folder = session.folder or settings.last_workspace()
    asked = keys.ask(folder, ahead=True)
    windows = importlib.import_module("ui.main")
    sys.exit(windows.run(folder, asked=asked, language=session.tr.language, once=once))


@cli.command(cls=_Command, help=N_("Make a workspace in DIR."))
@click.argument("folder", metavar="DIR", type=DIRECTORY)
@option("--sample", is_flag=True, text=N_("Fill it with invented content"))
@option(
    "--protect",
    type=choice(("keyring", "passphrase", "none")),
    default=None,
    text=N_(
        "Where the key is kept: this computer's keyring, a passphrase (SCC_ADMIN_PASSPHRASE), or"
        " nowhere, so that anyone with the folder can read it"
    ),
)
@option("--name", default="", text=N_("Your name, which signs what you decide"))
@click.pass_obj
def init(session: Session, folder: Path, sample: bool, protect: str | None, name: str) -> None:
    from scc_admin import keys
    from scc_admin.workspace import Workspace

    kind = keys.Kind(protect or ("none" if sample else "keyring"))
    passphrase = _passphrase(session, kind)
    if kind is keys.Kind.NONE:
        passphrase = None
        session.say(N_("Without protection: whoever has the folder can read everything in it."))
    made = Workspace.create(folder, protection=kind, passphrase=passphrase, name=name)
    with made.workspace as workspace:
        if sample:
            from scc_admin.sample import fill

            fill(workspace)
    if made.recovery_code:
        session.say(N_("Write down this recovery code; it is shown only once:"))
        click.echo(made.recovery_code)
    session.say(N_("The workspace is ready: {folder}"), folder=folder)


@cli.command(cls=_Command, help=N_("Encrypt a workspace that is not, and its backups."))
@option(
    "--protect",
    type=choice(("keyring", "passphrase")),
    default="keyring",
    text=N_(
        "Where the key is kept: this computer's keyring, or a passphrase (SCC_ADMIN_PASSPHRASE)"
    ),
)
@click.pass_obj
def encrypt(session: Session, protect: str) -> None:
    from scc_admin import keys
    from scc_admin.workspace import Workspace

    folder, kind = session.named(), keys.Kind(protect)
    keys.still_in_clear(folder)
    plan = keys.plan_encryption(folder, kind, passphrase=_passphrase(session, kind))
    if kind is keys.Kind.KEYRING:
        keys.must_have_keyring()
    # First the code: whatever happens after, it opens what is encrypted.
    session.say(N_("Write down this recovery code; it is shown only once:"))
    click.echo(plan.recovery_code)
    try:
        Workspace.encrypt(folder, plan)
    except BaseException:
        if keys.read(folder).kind is keys.Kind.NONE:
            session.say(N_("That code opens nothing: the workspace is as it was."))
        raise
    session.say(N_("The workspace and its backups are encrypted."))


def _passphrase(session: Session, kind: Kind) -> str | None:
    """The passphrase of a workspace to be; for the keyring, a further way in where one is set."""
    from scc_admin import keys

    if kind is keys.Kind.PASSPHRASE:
        return session.new_secret(N_("Passphrase to choose:"), keys.PASSPHRASE_VARIABLE)
    return os.environ.get(keys.PASSPHRASE_VARIABLE) or None


# -- check ----------------------------------------------------------------------------------------


@cli.command(cls=_Command, help=N_("Check a text (FILE, or - for standard input)."))
@click.argument("file", required=False, type=Place(allow_dash=True))
@option("--network", type=choice(Target), text=N_("The network, or field of a network"))
@option(
    "--lang",
    type=choice(Language),
    text=N_("Language of the text; left out, that of the messages (scc-admin --lang)"),
)
@option("--level", type=choice(Level), default="divisional", text=N_("Level of the page"))
@option("--kind", type=choice(PostKind), default="post", text=N_("Kind of post"))
@option("--at", type=MOMENT, text=N_("When it is to be published"))
@option("--format", "form", type=choice(("text", "json")), default="text", text=N_("Output"))
@option("--jsonl", type=Place(allow_dash=True), text=N_("Many texts, one JSON object a line"))
@click.pass_obj
def check(
    session: Session,
    file: str | None,
    network: str | None,
    lang: str | None,
    level: str,
    kind: str,
    at: datetime | None,
    form: str,
    jsonl: str | None,
) -> None:
    if jsonl is not None and (file is not None or network is not None):
        raise UserError(
            "jsonl_alone",
            N_("With --jsonl, each line brings its own text and network: give neither beside it."),
        )
    checker = _checker(session)
    if jsonl is not None:
        sys.exit(_check_lines(session.tr, jsonl, checker))
    if network is None:
        raise click.MissingParameter(param_hint="--network", param_type="option")
    post = Post(
        text=_read_text(file or "-"),
        target=Target(network),
        language=Language(lang) if lang else session.tr.language,
        level=Level(level),
        kind=PostKind(kind),
        at=at,
    )
    answer = checker(post, "")
    if form == "json":
        data(answer)
    else:
        _print_verdict(session, answer)
    sys.exit(FOUND if answer["findings"] else FINE)


def _checker(session: Session) -> Callable[[Post, str], dict[str, Any]]:
    """Post and id → the JSON of the design, with a workspace's rules or the shipped ones."""
    from scc_admin import verdict
    from scc_admin.model import Verdict
    from scc_admin.verdict.spelling import Speller

    language = session.tr.language
    if session.folder is not None:
        workspace = session.workspace(read_only=True)
        reader = workspace.proofreader
        known = reader.known()

        def judge(post: Post) -> Verdict:
            near = reader.neighbours(post.text)
            return reader.check(post, language=language, known=known, neighbours=near)
    else:
        rules = verdict.RuleSet.load()
        shipped = verdict.default_known()
        speller = Speller()

        def judge(post: Post) -> Verdict:
            return verdict.check(
                post,
                rules,
                shipped,
                language=language,
                speller=speller,
                now=datetime.now(UTC),
            )

    def answer(post: Post, post_id: str) -> dict[str, Any]:
        return verdict.verdict_to_json(judge(post), post_id, post.target)

    return answer


def _check_lines(
    tr: Translator, source: str, checker: Callable[[Post, str], dict[str, Any]]
) -> int:
    found = False
    broken = False
    for number, line in enumerate(_lines(source), start=1):
        if not line.strip():
            continue
        named: dict[str, str] = {}
        try:
            record = _record(line)
            if record.get("id") is not None:
                named["id"] = str(record["id"])
            post = _post(record)
        except UserError as error:
            # The others are still answered; the line says by itself what is wrong with it.
            broken = True
            said = tr.tr(N_("Line {line}: {problem}"), line=number, problem=tr.explain(error))
            _answer({**named, "line": number, "error": said})
            continue
        answer = checker(post, named.get("id", str(number)))
        found = found or bool(answer["findings"])
        _answer(answer)
    return WRONG if broken else FOUND if found else FINE


def _answer(record: dict[str, Any]) -> None:
    """One line; click would flush each, which costs as much as the verdict."""
    sys.stdout.write(json.dumps(record) + "\n")


def _record(line: str) -> Mapping[str, Any]:
    """The object that a line of JSON holds. Raises UserError."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise UserError(
            "not_an_object", N_("This is not a JSON object. Write one, whole, on each line.")
        )
    return record


def _post(record: Mapping[str, Any]) -> Post:
    """The post of a line. Raises UserError that says what is wrong with it."""
    text, at = record.get("text"), record.get("at")
    if text is not None and not isinstance(text, str):
        raise UserError("text", N_("“text” is not a text: write it between quotation marks."))
    if text is None:
        raise UserError("no_text", N_("“text” is missing: the post, between quotation marks."))
    return Post(
        text=text,
        target=_one_of(Target, record, "network"),
        language=_one_of(Language, record, "lang", "fr"),
        level=_one_of(Level, record, "level", "divisional"),
        kind=_one_of(PostKind, record, "kind", "post"),
        at=None if at in (None, "") else MOMENT.convert(at, None, None),
    )


def _one_of(values: type[E], record: Mapping[str, Any], name: str, usual: str = "") -> E:
    """The value of a field. Raises UserError with all that it may be."""
    said = record.get(name) or usual
    if said in [value.value for value in values]:
        return values(said)
    choices = ", ".join(values)
    if not said:
        raise UserError(
            "missing",
            N_("“{name}” is missing; write one of these: {choices}."),
            name=name,
            choices=choices,
        )
    raise UserError(
        "no_such_value",
        N_("“{value}” is not a value of “{name}”; write one of these: {choices}."),
        value=said if isinstance(said, str) else json.dumps(said),
        name=name,
        choices=choices,
    )


def _lines(source: str) -> Iterator[str]:
    """Lines as JSON Lines has them: a line separator (U+2028) inside a text ends none."""
    for line in _read_text(source).split("\n"):
        yield line.removesuffix("\r")


def _read_text(source: str) -> str:
    from scc_admin.files import decoded

    if source == "-":
        if sys.stdin is None:
            raise UserError("no_input", N_("Nothing comes from standard input; name a file."))
        return decoded(sys.stdin.buffer.read()).removesuffix("\n")
    try:
        return decoded(Path(source).read_bytes()).removesuffix("\n")
    except OSError as error:
        raise UserError(
            "unreadable", N_("{path} cannot be read. Check its name and place."), path=source
        ) from error


def _print_verdict(session: Session, answer: dict[str, Any]) -> None:
    from scc_admin.words import SEVERITIES

    tr = session.tr
    words = {str(severity): tr.tr(word) for severity, word in SEVERITIES.items()}
    count = answer["count"]
    if count["limit"] is None:
        click.echo(tr.number(count["value"]))
    else:
        click.echo(f"{tr.number(count['value'])} / {tr.number(count['limit'])}")
    for finding in answer["findings"]:
        where = " " + tr.quote(finding["excerpt"]) if finding["excerpt"] else ""
        click.echo(
            f"{words[finding['severity']]} · {finding['rule']}{where}\n  {finding['message']}\n"
            f"  → {finding['suggestion']}"
        )
    if not answer["findings"]:
        click.echo(tr.tr(N_("No signal found.")))
    for question in answer["questions"]:
        click.echo(f"? {question['rule']} {question['text']}")


# -- pages and drafts -----------------------------------------------------------------------------


@cli.group(cls=_Group, help=N_("The managed pages."))
def page() -> None:
    pass


@page.command("add", cls=_Command, help=N_("Add a page; prints its number."))
@click.argument("name")
@option("--network", type=choice(Network), required=True, text=N_("Network"))
@option("--kind", type=choice(PageKind), default="page", text=N_("Kind of page"))
@option("--level", type=choice(Level), default="regional", text=N_("Level of the page"))
@option("--language", type=choice(Language), default="fr", text=N_("Language of the page"))
@option("--handle", default="", text=N_("Name of its account"))
@option("--url", default="", text=N_("Its address"))
@option("--region", default="", text=N_("Its region or town"))
@option(
    "--limit",
    type=int,
    text=N_("Characters that its server takes, where each chooses (Mastodon)"),
)
@click.pass_obj
def page_add(session: Session, /, name: str, limit: int | None, **fields: str) -> None:
    from scc_admin.editorial import PageInput

    new = PageInput(
        name=name,
        network=Network(fields["network"]),
        kind=PageKind(fields["kind"]),
        level=Level(fields["level"]),
        language=Language(fields["language"]),
        handle=fields["handle"],
        url=fields["url"],
        region=fields["region"],
        limit=limit,
    )
    click.echo(session.workspace().editorial.add_page(new))


@page.command("list", cls=_Command, help=N_("List the pages."))
@click.pass_obj
def page_list(session: Session) -> None:
    table(
        (p.id, p.network, p.kind, p.level, p.language, p.name, p.url)
        for p in session.workspace(read_only=True).editorial.pages()
    )


@cli.group(cls=_Group, help=N_("The drafts."))
def draft() -> None:
    pass


@draft.command("add", cls=_Command, help=N_("Add a draft (FILE, or - for standard input)."))
@click.argument("file", type=Place(allow_dash=True))
@option("--title", required=True, text=N_("Title, for your own eyes"))
@option(
    "--page",
    "pages",
    type=NUMBER,
    multiple=True,
    text=N_("Number of the page where it goes; once for each network"),
)
@option(
    "--network",
    "targets",
    type=choice(Target),
    multiple=True,
    text=N_("The network, or field of a network; once for each version of the text"),
)
@option("--language", type=choice(Language), default="fr", text=N_("Language of the text"))
@option("--kind", type=choice(PostKind), default="post", text=N_("Kind of post"))
@option("--at", type=MOMENT, text=N_("When it is to be published"))
@click.pass_obj
def draft_add(
    session: Session,
    file: str,
    title: str,
    pages: tuple[int, ...],
    targets: tuple[str, ...],
    language: str,
    kind: str,
    at: datetime | None,
) -> None:
    from scc_admin.editorial import DraftDetails

    text = _read_text(file)
    editorial = session.workspace().editorial
    homes = [editorial.page(page).network.value for page in pages]
    made = editorial.add_draft(
        DraftDetails(title=title, kind=PostKind(kind), planned_at=at),
        [
            (Target(target), Language(language), text)
            for target in dict.fromkeys(targets or homes or ["facebook"])
        ],
    )
    editorial.choose_pages(made, pages)
    click.echo(made)


@draft.command("list", cls=_Command, help=N_("List the drafts, newest first."))
@option("--state", type=choice(DraftState), multiple=True, text=N_("Only these states"))
@click.pass_obj
def draft_list(session: Session, state: tuple[str, ...]) -> None:
    from scc_admin.editorial import DraftQuery

    editorial = session.workspace(read_only=True).editorial
    ids = editorial.draft_ids(DraftQuery(states=tuple(DraftState(s) for s in state)))
    for start in range(0, len(ids), 500):
        table(
            (row.id, row.state, row.page, row.planned_at, row.title, row.excerpt[:80])
            for row in editorial.draft_rows(ids[start : start + 500])
        )


@draft.command("show", cls=_Command, help=N_("Show a draft and its verdict."))
@click.argument("number", type=NUMBER)
@click.pass_obj
def draft_show(session: Session, number: int) -> None:
    from scc_admin import verdict

    workspace = session.workspace(read_only=True)
    sheet = workspace.editorial.sheet(number)
    data(
        {
            "id": number,
            "title": sheet.draft.title,
            "state": sheet.draft.state,
            "planned_at": sheet.draft.planned_at,
            "published_at": sheet.draft.published_at,
            "permalink": next((m.permalink for m in sheet.placements if m.permalink), ""),
            "posts": [
                {
                    "network": made.network,
                    "page": made.page.id if made.page else None,
                    "published_at": made.published_at,
                    "permalink": made.permalink,
                }
                for made in sheet.placements
            ],
            "variants": [
                {
                    "network": variant.target,
                    "language": variant.language,
                    "text": variant.text,
                    "verdict": verdict.verdict_to_json(
                        workspace.proofreader.check_variant(
                            sheet, variant, language=session.tr.language
                        ),
                        str(variant.id),
                        variant.target,
                    ),
                }
                for variant in sheet.variants
            ],
        }
    )


@draft.command("ready", cls=_Command, help=N_("Mark a draft as ready to publish."))
@click.argument("number", type=NUMBER)
@option(
    "--page",
    "pages",
    type=NUMBER,
    multiple=True,
    text=N_("Number of the page where it goes; once for each network"),
)
@click.pass_obj
def draft_ready(session: Session, number: int, pages: tuple[int, ...]) -> None:
    from scc_admin.words import NETWORKS

    workspace = session.workspace()
    workspace.editorial.must_be_under_way(number)
    if pages:
        workspace.editorial.choose_pages(number, pages)
    remaining = workspace.proofreader.readiness(number, language=session.tr.language)
    for _, finding in remaining.findings:
        click.echo(f"{finding.rule} {finding.message}", err=True)
    for question in remaining.questions:
        click.echo(f"{question.rule} {question.text}", err=True)
    for approval in remaining.approvals:
        session.say(N_("{name} has not validated this text."), name=approval.validator)
    if not remaining.ready and not remaining.empty:
        session.say(N_("Points left before this draft is ready: {n}."), n=remaining.remaining)
        if remaining.questions or remaining.approvals:
            session.say(N_("Questions and validations are answered in the window."))
        sys.exit(FOUND)
    if workspace.permanence_due():
        click.echo(workspace.house.rules()["PLAT-10"].message.to(session.tr.language), err=True)
        workspace.acknowledge_permanence()
    workspace.editorial.mark_ready(number, remaining)
    for placement in workspace.editorial.sheet(number).placements:
        if placement.page is None:
            session.say(
                N_("No page is chosen on {network}: the report will count this post under none."),
                network=session.tr.tr(NETWORKS[placement.network]),
            )


@draft.command("published", cls=_Command, help=N_("Note that a person published it."))
@click.argument("number", type=NUMBER)
@option("--link", default="", text=N_("Link of the published post"))
@option(
    "--network",
    type=choice(Network),
    text=N_("Where; needed only for a draft that goes to several networks"),
)
@option("--at", type=MOMENT, text=N_("When; now, when nothing is given"))
@option(
    "--correct",
    is_flag=True,
    text=N_("Correct the link or the date of what was noted; what is not given stays"),
)
@click.pass_obj
def draft_published(
    session: Session,
    number: int,
    link: str,
    network: str | None,
    at: datetime | None,
    correct: bool,
) -> None:
    from scc_admin.words import partly_words

    workspace = session.workspace()
    links = {Network(network): link} if network else link
    try:
        workspace.editorial.mark_published(number, at, links, correct=correct)
    except UserError as error:
        if error.code == "published_already":
            click.echo(session.tr.explain(error), err=True)
            session.say(N_("To correct what was noted: --correct"))
            sys.exit(WRONG)
        raise
    partly = partly_words(session.tr, workspace.editorial.sheet(number).placements)
    if partly:
        click.echo(partly, err=True)


# -- cases, evidence ------------------------------------------------------------------------------


@cli.group(cls=_Group, help=N_("The moderation cases."))
def case() -> None:
    pass


@case.command("open", cls=_Command, help=N_("Open a case; prints its number."))
@click.argument("title")
@option("--situation", type=choice(Situation), required=True, text=N_("What it is about"))
@option(
    "--person",
    default="",
    text=N_("Label or number of a known person, such as 'Usager 042'; without it, a new one"),
)
@option("--network", type=choice(Network), text=N_("Network of the account"))
@option("--handle", default="", text=N_("Name of the account, as the network shows it"))
@option("--critical", is_flag=True, text=N_("Public Affairs must come first"))
@click.pass_obj
def case_open(
    session: Session,
    title: str,
    situation: str,
    person: str,
    network: str | None,
    handle: str,
    critical: bool,
) -> None:
    from scc_admin.moderation import AccountInput, CaseInput

    moderation = session.workspace().moderation
    known = moderation.labelled(person).id if person else None
    account = AccountInput(Network(network), handle) if network and handle else None
    case_id = moderation.open_case(
        CaseInput(
            title=title,
            situation=Situation(situation),
            person_id=known,
            account=account,
            critical=critical,
        )
    )
    click.echo(moderation.sheet(case_id).case.number)


@case.command("list", cls=_Command, help=N_("List the cases."))
@click.pass_obj
def case_list(session: Session) -> None:
    from scc_admin.words import CASE_STATES, RUNGS, SITUATIONS, person_label

    tr = session.tr.tr
    table(
        (
            row.number,
            tr(CASE_STATES[row.state]),
            tr(SITUATIONS[row.situation]),
            person_label(session.tr, row.person),
            row.incidents,
            "" if row.rung is None else tr(RUNGS[row.rung]),
            row.title,
        )
        for row in session.workspace(read_only=True).moderation.cases()
    )


@case.command("show", cls=_Command, help=N_("Show a case: where it stands, and on what."))
@click.argument("number")
@click.pass_obj
def case_show(session: Session, number: str) -> None:
    moderation = session.workspace(read_only=True).moderation
    sheet = moderation.sheet(moderation.case_by_number(number))
    data(
        {
            "number": sheet.case.number,
            "title": sheet.case.title,
            "person": sheet.person.label,
            "situation": sheet.case.situation,
            "critical": sheet.case.critical,
            "state": sheet.case.state,
            "ladder": [
                {
                    "rung": view.rung.name.lower(),
                    "done": view.done,
                    "proposed": view.proposed,
                    "gates": view.gates,
                }
                for view in sheet.ladder
            ],
            "flags": {name: getattr(sheet.flags, name) for name in sheet.flags.__slots__},
            "incidents": [
                {"at": i.captured_at, "text": i.text, "url": i.url, "entry": i.entry}
                for i in sheet.incidents
            ],
            "evidence": [
                {"id": e.id, "name": e.original_name, "sha256": e.sha256, "size": e.size}
                for e in sheet.evidence
            ],
            "steps": [
                {
                    "at": s.at,
                    "kind": s.kind,
                    "rung": s.rung.name.lower() if s.rung is not None else None,
                    "text": s.text,
                    "reason": s.reason,
                    "override": s.override,
                    "approver": s.approver,
                    "entry": s.entry,
                }
                for s in sheet.steps
            ],
        }
    )


@case.command(
    "step",
    cls=_Command,
    help=N_(
        "Record an incident, a note, or a rung of the ladder. STEP is incident, note, tolerate,"
        " answer, private_message, repetition or ban."
    ),
)
@click.argument("number")
@click.argument(
    "step", metavar="STEP", type=choice(["incident", "note", *(r.name.lower() for r in Rung)])
)
@option("--text", default="", text=N_("What was written or answered"))
@option("--url", default="", text=N_("Link of what was seen"))
@option("--reason", default="", text=N_("Reason of a ban"))
@option("--approver", default="", text=N_("Second person who approves an exception"))
@option("--override", default="", text=N_("Why the exception is made"))
@option("--file", "files", type=FILE, multiple=True, text=N_("Picture or file of what was seen"))
@option("--at", type=MOMENT, text=N_("When it was seen or done; now, when nothing is given"))
@click.pass_obj
def case_step(
    session: Session,
    number: str,
    step: str,
    text: str,
    url: str,
    reason: str,
    approver: str,
    override: str,
    files: tuple[Path, ...],
    at: datetime | None,
) -> None:
    from scc_admin.moderation import IncidentInput, StepInput

    workspace = session.workspace()
    moderation = workspace.moderation
    case_id = moderation.case_by_number(number)
    if step == "note":
        moderation.note(case_id, text)
        return
    if step == "incident":
        staged = tuple(workspace.vault.add(path, path.name) for path in files)
        moderation.log_incident(
            case_id,
            IncidentInput(text=text, url=url, files=staged, method="file", captured_at=at),
        )
        return
    if step == "answer" and text.strip() and not workspace.library.cites(text):
        session.say(N_("The answer cites no source; the packet will say so."))
    moderation.climb(
        case_id,
        StepInput(
            rung=Rung[step.upper()],
            text=text,
            reason=reason,
            approver=approver,
            override=override,
            done_at=at,
        ),
    )


@case.command(
    "destroy", cls=_Command, help=N_("Destroy a case for good; prints the certificate's path.")
)
@click.argument("number")
@option("--ground", type=choice(Ground), required=True, text=N_("Why it is destroyed"))
@option("--approver", required=True, text=N_("Who approves"))
@option("--certificate", type=NEW_FILE, required=True, text=N_("Certificate (PDF) to write"))
@FORCE
@option("--though-open", is_flag=True, text=N_("Destroy it with what still stands open in it"))
@option("--yes", is_flag=True, text=N_("Do not ask"))
@click.pass_obj
def case_destroy(
    session: Session,
    number: str,
    ground: str,
    approver: str,
    certificate: Path,
    force: bool,
    though_open: bool,
    yes: bool,
) -> None:
    workspace = session.workspace()
    retention = workspace.moderation.retention
    case_id = workspace.moderation.case_by_number(number)
    for standing in retention.prospect(case_id).open:
        session.say(standing.sentence, **standing.params)
    gone_for_good = session.tr.tr(
        N_(
            "{case}: its comments, evidence, messages and reasons are gone for good; the"
            " person, too, if no other case is left. Number, dates and hashes stay."
        ),
        case=number.strip().upper(),
    )
    _certified(
        session,
        workspace,
        certificate,
        force,
        "" if yes else f"{gone_for_good} {session.tr.tr(N_('Destroy this case?'))}",
        lambda certify: retention.destroy_case(
            case_id,
            ground=Ground(ground),
            approver=approver,
            though_open=though_open,
            certify=certify,
        ),
    )


def _certified(
    session: Session,
    workspace: Workspace,
    certificate: Path,
    force: bool,
    question: str,
    destroy: Callable[[Certify], Destruction],
    key: str = "destruction",
) -> None:
    """Destroy, once `question` (if any) is answered by yes and the certificate can be written."""
    from scc_admin.files import destination

    destination(certificate, PAPER, replace=force)
    with workspace.certified(certificate, session.tr, key=key) as certify:
        if question and not session.confirmed(question):
            raise Cancelled
        destroy(certify)
    click.echo(certificate)


@cli.group(cls=_Group, help=N_("The evidence."))
def evidence() -> None:
    pass


@evidence.command("add", cls=_Command, help=N_("Add files to a case."))
@click.argument("number")
@click.argument("files", nargs=-1, required=True, type=FILE)
@option("--at", type=MOMENT, text=N_("When it was captured; now, when nobody knows"))
@click.pass_obj
def evidence_add(
    session: Session, number: str, files: tuple[Path, ...], at: datetime | None
) -> None:
    workspace = session.workspace()
    case_id = workspace.moderation.case_by_number(number)
    for path in files:
        staged = workspace.vault.add(path, path.name)
        evidence_id, _ = workspace.moderation.add_evidence(case_id, staged, captured_at=at)
        table([(evidence_id, staged.sha256, path.name)])


@evidence.command("list", cls=_Command, help=N_("List the evidence of a case."))
@click.argument("number")
@click.pass_obj
def evidence_list(session: Session, number: str) -> None:
    moderation = session.workspace(read_only=True).moderation
    table(
        (e.id, e.sha256, e.size, e.captured_at, e.original_name)
        for e in moderation.sheet(moderation.case_by_number(number)).evidence
    )


@evidence.command("export", cls=_Command, help=N_("Save a clear copy of a piece of evidence."))
@click.argument("number", type=NUMBER)
@option("--out", type=NEW_FILE, required=True, text=N_("File to write"))
@FORCE
@option("--to", "to_whom", required=True, text=N_("For whom; it is noted in the custody log"))
@click.pass_obj
def evidence_export(session: Session, number: int, out: Path, force: bool, to_whom: str) -> None:
    from scc_admin.files import destination

    workspace = session.workspace()
    workspace.export_evidence(number, destination(out, replace=force), to_whom)


@evidence.command(
    "destroy", cls=_Command, help=N_("Destroy a piece of evidence; prints the certificate's path.")
)
@click.argument("number", type=NUMBER)
@option("--ground", type=choice(Ground), required=True, text=N_("Why it is destroyed"))
@option("--approver", required=True, text=N_("Who approves"))
@option("--certificate", type=NEW_FILE, required=True, text=N_("Certificate (PDF) to write"))
@FORCE
@option("--yes", is_flag=True, text=N_("Do not ask"))
@click.pass_obj
def evidence_destroy(
    session: Session,
    number: int,
    ground: str,
    approver: str,
    certificate: Path,
    force: bool,
    yes: bool,
) -> None:
    workspace = session.workspace()
    piece = workspace.moderation.evidence(number)
    question = session.tr.tr(
        N_("{name} can no longer be read by anybody then. Destroy it?"), name=piece.original_name
    )
    _certified(
        session,
        workspace,
        certificate,
        force,
        "" if yes else question,
        lambda certify: workspace.moderation.retention.destroy_evidence(
            number, ground=Ground(ground), approver=approver, certify=certify
        ),
    )


# -- journal --------------------------------------------------------------------------------------


@cli.group(cls=_Group, help=N_("The moderation journal."))
def journal() -> None:
    pass


@journal.command("list", cls=_Command, help=N_("List entries, newest first."))
@option("--words", default="", text=N_("Only entries that hold these words"))
@option("--case", "number", default="", text=N_("Only entries of this case"))
@option("--limit", type=click.IntRange(1), default=200, text=N_("At most this many"))
@click.pass_obj
def journal_list(session: Session, words: str, number: str, limit: int) -> None:
    from scc_admin.model import JournalQuery

    entries = session.workspace(read_only=True).journal
    query = JournalQuery(text=words, case=number)
    table(
        (e.seq, e.at, e.kind, e.case, e.step, e.rule, e.who, e.hash.hex()[:16])
        for e in entries.page(entries.ids(query)[:limit])
    )


@journal.command("verify", cls=_Command, help=N_("Verify the whole journal."))
@option("--checkpoint", "held", type=FILE, multiple=True, text=N_("A checkpoint kept elsewhere"))
@click.pass_obj
def journal_verify(session: Session, held: tuple[Path, ...]) -> None:
    workspace = session.workspace(read_only=True)
    report = workspace.verify_journal(held=[_note(path) for path in held])
    for problem in report.problems:
        session.say(problem.message, **problem.params)
    data(
        {
            "ok": report.ok,
            "size": report.size,
            "covered": report.covered,
            "held": report.held,
            "checkpoints": report.checkpoints,
            "erased_fields": len(report.erased),
            "rows": report.rows,
            "outside": [session.tr.tr(words) for words in report.outside],
            "problems": [
                {"code": p.code, "entry": p.seq, "message": session.tr.tr(p.message, **p.params)}
                for p in report.problems
            ],
        }
    )
    if not report.ok:
        sys.exit(FOUND)
    if held:
        session.say(
            N_(
                "Nothing recorded up to entry {held}, by the checkpoint that was given, was"
                " changed, dropped or reordered. Later entries: {later}."
            ),
            held=report.held,
            later=report.size - report.held,
        )
    else:
        session.say(
            N_(
                "Nothing recorded up to entry {covered}, by the newest checkpoint here, was"
                " changed, dropped or reordered, for whoever holds that checkpoint elsewhere. Later"
                " entries: {later}."
            ),
            covered=report.covered,
            later=report.uncovered,
        )
    session.say(
        N_(
            "The cases say what it recorded (rows compared: {n}). Not compared, because no entry"
            " holds it: {list}."
        ),
        n=report.rows,
        list="; ".join(session.tr.tr(words) for words in report.outside),
    )


@journal.command("checkpoint", cls=_Command, help=N_("Sign and print a checkpoint."))
@click.pass_obj
def journal_checkpoint(session: Session) -> None:
    click.echo(session.workspace().journal.checkpoint().note, nl=False)


@journal.command("prove", cls=_Command, help=N_("Prove that a checkpoint kept elsewhere holds."))
@click.argument("held", type=FILE)
@click.pass_obj
def journal_prove(session: Session, held: Path) -> None:
    click.echo(session.workspace().journal.prove_since(_note(held)), nl=False)


def _note(path: Path) -> str:
    from scc_admin.files import readable
    from scc_admin.journal import notes

    with readable(path):
        return notes.text_of(path.read_bytes())


@journal.command("erase", cls=_Command, help=N_("Erase personal values of an entry."))
@click.argument("entry", type=NUMBER)
@option("--ground", type=choice(Ground), required=True, text=N_("Why they are erased"))
@option("--approver", required=True, text=N_("Who approves"))
@option("--certificate", type=NEW_FILE, text=N_("Certificate (PDF) to write"))
@FORCE
@option("--yes", is_flag=True, text=N_("Do not ask"))
@click.pass_obj
def journal_erase(
    session: Session,
    entry: int,
    ground: str,
    approver: str,
    certificate: Path | None,
    force: bool,
    yes: bool,
) -> None:
    workspace = session.workspace()
    retention = workspace.moderation.retention
    question = session.tr.tr(
        N_("The personal values of entry {entry} will be gone for good. Erase them?"), entry=entry
    )
    if certificate is not None:
        _certified(
            session,
            workspace,
            certificate,
            force,
            "" if yes else question,
            lambda certify: retention.erase_entry(
                entry, ground=Ground(ground), approver=approver, certify=certify
            ),
            "erasure",
        )
        return
    if not yes and not session.confirmed(question):
        raise Cancelled
    retention.erase_entry(entry, ground=Ground(ground), approver=approver)


@journal.command(
    "certificate",
    cls=_Command,
    help=N_("Write again the certificate of what an entry destroyed; prints its path."),
)
@click.argument("entry", type=NUMBER)
@option("--out", type=NEW_FILE, required=True, text=N_("Certificate (PDF) to write"))
@FORCE
@click.pass_obj
def journal_certificate(session: Session, entry: int, out: Path, force: bool) -> None:
    from scc_admin.files import destination

    destination(out, PAPER, replace=force)
    click.echo(session.workspace().certificate_again(entry, out, session.tr))


# -- packet, report, calendar ---------------------------------------------------------------------


@cli.group(cls=_Group, help=N_("The escalation packets."))
def packet() -> None:
    pass


@packet.command("export", cls=_Command, help=N_("Export a packet for Public Affairs."))
@click.argument("number")
@option("--out", type=DIRECTORY, required=True, text=N_("Folder to write into"))
@option("--question", default="", text=N_("The question, when the case has no escalation yet"))
@option(
    "--hide",
    multiple=True,
    text=N_("A bystander's name to take out of the texts; the family name alone goes, too"),
)
@option("--named", is_flag=True, text=N_("Name the person concerned, instead of their label"))
@option(
    "--protect-pdf",
    is_flag=True,
    text=N_("Also the PDF behind a passphrase (asked for, or SCC_ADMIN_PDF_PASSPHRASE)"),
)
@option(
    "--tell-both",
    is_flag=True,
    text=N_("Export a case that is not what the journal recorded, and say what differs"),
)
@click.pass_obj
def packet_export(
    session: Session,
    number: str,
    out: Path,
    question: str,
    hide: tuple[str, ...],
    named: bool,
    protect_pdf: bool,
    tell_both: bool,
) -> None:
    passphrase = _pdf_passphrase(session) if protect_pdf else ""
    for path in session.workspace().export_packet(
        number, out, session.tr,
        question=question, hide=hide, person_named=named, passphrase=passphrase,
        tell_both=tell_both,
    ):  # fmt: skip
        click.echo(path)


def _pdf_passphrase(session: Session) -> str:
    from scc_admin.documents import Strength, strength

    variable = "SCC_ADMIN_PDF_PASSPHRASE"
    chosen = session.new_secret(N_("Passphrase for the PDF:"), variable)
    if variable not in os.environ and strength(chosen) is Strength.WEAK:
        session.say(N_("This passphrase is quick to guess: four or five words do better."))
    return chosen


@packet.command("verify", cls=_Command, help=N_("Verify a packet that was received."))
@click.argument("path", type=Place(path_type=Path, exists=True))
@click.pass_obj
def packet_verify(session: Session, path: Path) -> None:
    from scc_admin import packets

    report = packets.verify(path)
    for problem in report.problems:
        session.say(problem.message, **problem.params)
    data(
        {
            "ok": report.ok,
            "number": report.number,
            "fingerprint": report.fingerprint,
            "files": len(report.files),
            "entries": report.entries,
            "told": report.told,
            "differences": report.differences,
            "documents": report.documents,
            "problems": [
                {"code": problem.code, "message": session.tr.explain(problem)}
                for problem in report.problems
            ],
        }
    )
    if not report.ok:
        sys.exit(FOUND)
    if report.differences:
        session.say(packets.DIFFERENCES, n=report.differences)
    session.say(
        N_("The packet is whole. Compare the fingerprint by another channel: {fingerprint}"),
        fingerprint=report.fingerprint,
    )
    if report.documents:
        session.say(
            N_("The document that belongs to it: {names}."), names=", ".join(report.documents)
        )
    else:
        session.say(
            N_("No PDF was compared: {number}.pdf does not stand beside it."), number=report.number
        )


@cli.group(cls=_Group, help=N_("The reports."))
def report() -> None:
    pass


@report.command("weekly", cls=_Command, help=N_("Export the report of a week."))
@option("--week", required=True, text=N_("The week, like 2026-W47"))
@option("--out", type=DIRECTORY, required=True, text=N_("Folder to write into"))
@option(
    "--format", "forms", default="pdf,xlsx,json", text=N_("pdf, xlsx, json, eml; several by commas")
)
@option("--comment", default="", text=N_("A comment to print in it"))
@click.pass_obj
def report_weekly(session: Session, week: str, out: Path, forms: str, comment: str) -> None:
    formats = [form.strip().lower() for form in forms.split(",") if form.strip()]
    workspace = session.workspace()
    for path in workspace.export_weekly(week, out, session.tr, formats=formats, comment=comment):
        click.echo(path)


@cli.group(cls=_Group, help=N_("The editorial calendar."))
def calendar() -> None:
    pass


@calendar.command("import", cls=_Command, help=N_("Import a calendar (.ics, .csv, .xlsx)."))
@click.argument("file", type=FILE)
@option("--dry-run", is_flag=True, text=N_("Only say what would change"))
@option("--assume-zone", text=N_("Time zone to take for zones that nobody knows"))
@option("--accept-key", default="", text=N_("Fingerprint of a sender's new key, once compared"))
@option(
    "--column",
    "columns",
    multiple=True,
    text=N_("Column of a table, like date=1 or title=Titre: date, time, end, title, page, …"),
)
@option("--bring-back", is_flag=True, text=N_("Also lines that were deleted here"))
@click.pass_obj
def calendar_import(
    session: Session,
    file: Path,
    dry_run: bool,
    assume_zone: str | None,
    accept_key: str,
    columns: tuple[str, ...],
    bring_back: bool,
) -> None:
    from scc_admin.exchange import Action, zone_named

    workspace = session.workspace()
    exchange = workspace.exchange
    zone = None if assume_zone is None else zone_named(assume_zone)
    plan = exchange.plan(
        file,
        assume_zone=zone,
        accept_key=accept_key,
        columns=exchange.columns(file, columns) if columns else None,
    )
    if plan.sender is not None and not plan.sender.own:
        session.say(
            N_("Signed by {name} for {page}: {fingerprint}")
            if plan.sender.known
            else N_(
                "Signed by {name} for {page}, for the first time. Compare the fingerprint by"
                " another channel: {fingerprint}"
            ),
            name=plan.sender.name,
            page=plan.sender.page,
            fingerprint=plan.sender.fingerprint,
        )
    table(
        (
            item.action,
            item.kind,
            item.at.date() if item.all_day else item.at,
            item.title,
            "; ".join(f"{c.field}: {c.before} → {c.after}" for c in item.changes),
        )
        for item in plan.items
        if bring_back or not item.deleted
    )
    for msgid, params in plan.warnings:
        session.say(msgid, **params)
    for skipped in plan.skipped:
        reason = session.tr.tr(skipped.reason, **skipped.params)
        session.say(N_("Left out: {title} – {reason}"), title=skipped.title or "…", reason=reason)
    if plan.unknown_zones:
        session.say(N_("To read these times as Québec's: --assume-zone America/Toronto"))
    deleted = len(plan.deleted)
    if deleted and not bring_back:
        session.say(
            N_("Lines deleted here and left out: {n}. To bring them back: --bring-back"), n=deleted
        )
    if not dry_run:
        done = exchange.apply(plan, leave_out=() if bring_back else None)
        _tell_reopened(session, workspace, done.moved)
    session.say(
        N_("To add: {added}, to change: {changed}, to remove: {removed}; unchanged: {unchanged}.")
        if dry_run
        else N_("Added: {added}, changed: {changed}, removed: {removed}; unchanged: {unchanged}."),
        added=plan.count(Action.ADD) + (deleted if bring_back else 0),
        changed=plan.count(Action.CHANGE),
        removed=plan.count(Action.REMOVE),
        unchanged=plan.unchanged,
    )


@calendar.command("export", cls=_Command, help=N_("Export the calendar (.ics or .xlsx)."))
@click.argument("file", type=NEW_FILE)
@option("--from", "first", type=DAY, text=N_("First day"))
@option("--to", "last", type=DAY, text=N_("Last day"))
@option("--plan", "page_id", type=NUMBER, text=N_("Number of a page: its signed plan, for others"))
@FORCE
@click.pass_obj
def calendar_export(
    session: Session,
    file: Path,
    first: date | None,
    last: date | None,
    page_id: int | None,
    force: bool,
) -> None:
    from scc_admin.files import destination

    destination(file, replace=force)
    exchange = session.workspace().exchange
    if page_id is None:
        count = exchange.export(file, session.tr, first=first, last=last)
    else:
        count = exchange.export_plan(page_id, file, session.tr, first=first, last=last)
    session.say(N_("Written: {n} lines in {path}"), n=count, path=file)


@calendar.command("undo", cls=_Command, help=N_("Undo the last import of a calendar."))
@click.pass_obj
def calendar_undo(session: Session) -> None:
    workspace = session.workspace()
    exchange = workspace.exchange
    last = next((batch.id for batch in exchange.batches() if batch.undone_at is None), 0)
    undone = exchange.undo(last)
    session.say(
        N_("Put back: {restored} lines. Left as they are, since they were changed later: {kept}."),
        restored=undone.restored,
        kept=undone.kept,
    )
    _tell_reopened(session, workspace, undone.moved)


def _tell_reopened(session: Session, workspace: Workspace, moved: Collection[int]) -> None:
    """Judge the drafts that are ready on a new day, and say which are drafts again."""
    for name in workspace.recheck_ready(moved, language=session.tr.language).names:
        session.say(
            N_("“{title}” is a draft again: an error stands in its text on its new day."),
            title=name or "…",
        )


# -- upkeep ---------------------------------------------------------------------------------------


@cli.command(cls=_Command, help=N_("Make a verified backup."))
@click.pass_obj
def backup(session: Session) -> None:
    click.echo(session.workspace().back_up().path)


@cli.command(cls=_Command, help=N_("Put a backup back; the present state is kept aside."))
@click.argument("path", type=Place(path_type=Path, exists=True))
@click.pass_obj
def restore(session: Session, path: Path) -> None:
    from scc_admin.workspace import Workspace

    kept = Workspace.restore(session.named(), path)
    if kept is None:
        session.say(N_("Restored."))
    else:
        session.say(N_("Restored. What was there before is kept in {path}."), path=kept)


@cli.command(cls=_Command, help=N_("Examine the workspace; repair what can be rebuilt."))
@click.pass_obj
def doctor(session: Session) -> None:
    checks = session.workspace().examine()
    for item in checks:
        sign = "✔" if item.ok else "✘"
        click.echo(f"{sign} {session.tr.tr(item.sentence, **item.params)}")
    if not all(item.ok for item in checks):
        sys.exit(FOUND)


@cli.command(cls=_Command, help=N_("Play the three jobs on a sample workspace in DIR."))
@click.argument("folder", metavar="DIR", type=DIRECTORY)
@click.pass_obj
def demo(session: Session, folder: Path) -> None:
    from scc_admin.sample import play

    try:
        for path in play(folder, session.tr, session.say):
            click.echo(path)
    except KeyboardInterrupt:
        raise UserError(
            "demo_stopped",
            N_("Stopped. What stands in {folder} is unfinished; the same command makes it anew."),
            folder=folder,
        ) from None


# -- the way in -----------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; failures that are foreseen are one sentence on stderr."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    tr = Translator(_asked_language())
    try:
        try:
            code = _run(arguments, tr)
        except SystemExit as done:
            code = done.code  # type: ignore[assignment] # ours are numbers
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _forget_output()
        code = FINE
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITTEN:
            raise
        _forget_output()
        click.echo(tr.tr(N_("The output could not be written: its disk takes no more.")), err=True)
        code = WRONG
    sys.exit(code)


_UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a standard output that goes to a file answers when it cannot be written."""


def _forget_output() -> None:
    """So that what is left of it is not tried again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str] | None, tr: Translator) -> int:
    """The exit code."""
    try:
        result = cli.main(args=arguments, prog_name="scc-admin", standalone_mode=False)
        return result if isinstance(result, int) else FINE
    except UserError as error:
        click.echo(tr.explain(error), err=True)
    except (Cancelled, click.Abort):
        click.echo(tr.tr(N_("Stopped; nothing was changed.")), err=True)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        click.echo(_usage(error, tr), err=True)
    return WRONG


def _usage(error: click.UsageError, tr: Translator) -> str:
    """What click has against the words typed; it speaks English only."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            return error.format_message()
        case click.exceptions.NoSuchCommand():
            text = tr.tr(N_("There is no command {name}."), name=error.command_name)
        case click.NoSuchOption():
            text = tr.tr(N_("There is no option {name}."), name=error.option_name)
        case click.BadOptionUsage():
            params = error.ctx.command.params if error.ctx else ()
            flag = any(
                isinstance(param, click.Option) and param.is_flag
                for param in params
                if error.option_name in param.opts
            )
            text = tr.tr(
                N_("{name} takes no value.") if flag else N_("{name} wants a value after it."),
                name=error.option_name,
            )
        case click.MissingParameter():
            name = error.param_hint or (_named(error.param) if error.param else "")
            text = tr.tr(N_("{name} is missing."), name=name)
        case click.BadParameter() if error.param is not None:
            name, kind = _named(error.param), error.param.type
            match kind:
                case click.Choice():
                    choices = ", ".join(kind.choices)
                    text = tr.tr(N_("{name} is one of: {choices}."), name=name, choices=choices)
                case Number():
                    text = tr.tr(
                        N_("{name} is a whole number from 1 to {most}."), name=name, most=kind.LAST
                    )
                case click.IntRange():
                    text = tr.tr(
                        N_("{name} is a whole number, {least} or more."), name=name, least=kind.min
                    )
                case click.types.IntParamType():
                    text = tr.tr(N_("{name} is a whole number."), name=name)
                case _:
                    text = tr.tr(N_("What was given for {name} does not suit."), name=name)
        case _:
            text = tr.tr(N_("The program does not understand this command."))
    command = error.ctx.command_path if error.ctx else "scc-admin"
    return f"{text} {tr.tr(N_('See {command} --help.'), command=command)}"


def _named(param: click.Parameter) -> str:
    """An option or argument as the help writes it."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.metavar or (param.name or "").upper()


if __name__ == "__main__":
    main()
