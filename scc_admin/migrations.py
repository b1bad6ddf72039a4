"""The schema, as ordered steps. Each runs once, in one transaction, and is never edited once
released: what a later version needs comes as a further step.

`user_version` counts the steps applied. A file with more steps than this program knows is refused
(`store.Store.open`), unharmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

APPLICATION_ID = 0x53434341
"""'SCCA', in the header of the database file: `file` and we can tell whose it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One named change of the schema."""

    name: str
    sql: str
    stand_in: str = ""
    """Temporary views over the schema before it, for a file that is only read and so stays behind:
    what is read there reads as after the step."""


def statements(script: str) -> Iterator[str]:
    """The statements of a script, triggers whole."""
    from sqlite3 import complete_statement

    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if complete_statement(pending):
            if pending.strip():
                yield pending.strip()
            pending = ""


_FOUNDATION = """
CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL              -- JSON
) STRICT, WITHOUT ROWID;

-- Pages ---------------------------------------------------------------------------------------
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    network TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    language TEXT NOT NULL,
    handle TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    region TEXT NOT NULL DEFAULT '',
    official INTEGER NOT NULL DEFAULT 1,
    managed INTEGER NOT NULL DEFAULT 1,
    purpose TEXT NOT NULL DEFAULT '',
    contacts TEXT NOT NULL DEFAULT '[]',     -- JSON array of strings
    archived INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE followers (
    page_id INTEGER NOT NULL REFERENCES pages(id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (page_id, day)
) STRICT, WITHOUT ROWID;

-- Campaigns and calendar ----------------------------------------------------------------------
CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    name_fr TEXT NOT NULL,
    name_en TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    hashtags TEXT NOT NULL DEFAULT '[]',
    keywords TEXT NOT NULL DEFAULT '[]',
    objective_cents INTEGER,
    raised_cents INTEGER,
    notes TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE calendar_entries (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    all_day INTEGER NOT NULL DEFAULT 0,
    campaign_id INTEGER REFERENCES campaigns(id) ON DELETE SET NULL,
    page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
    place TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    series TEXT NOT NULL DEFAULT ''  -- uid of the recurring line of a file that it is a day of
) STRICT;
CREATE INDEX calendar_entries_by_start ON calendar_entries(starts_at);

-- Imports, so that they can be undone, and whose signed plans are believed ----------------------
CREATE TABLE import_batches (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    file TEXT NOT NULL,
    lines INTEGER NOT NULL,
    undone_at TEXT
) STRICT;
CREATE TABLE import_changes (
    id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES import_batches(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,              -- entry, campaign, draft, known
    uid TEXT NOT NULL,
    before TEXT,                     -- JSON of the columns touched; NULL when it was added
    after TEXT                       -- NULL when it was removed
) STRICT;
CREATE INDEX import_changes_by_batch ON import_changes(batch_id);
CREATE TABLE plan_senders (
    page_uid TEXT PRIMARY KEY,
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    made_at TEXT NOT NULL,           -- of the newest plan that was imported
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Files: draft media and evidence, encrypted in the vault ---------------------------------------
CREATE TABLE blobs (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,            -- of the clear bytes, hex
    size INTEGER NOT NULL,           -- of the clear bytes
    media_type TEXT NOT NULL,
    path TEXT NOT NULL,              -- below the workspace's evidence/ folder
    key BLOB,                        -- of this file alone; NULL once destroyed
    thumbnail BLOB,                  -- small PNG; NULL when there is none, or once destroyed
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX blobs_by_hash ON blobs(sha256);

-- Drafts --------------------------------------------------------------------------------------
CREATE TABLE drafts (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    author TEXT NOT NULL,
    page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
    campaign_id INTEGER REFERENCES campaigns(id) ON DELETE SET NULL,
    step TEXT,
    planned_at TEXT,
    published_at TEXT,
    permalink TEXT NOT NULL DEFAULT '',
    share_of INTEGER REFERENCES drafts(id) ON DELETE SET NULL,
    fee_approved INTEGER NOT NULL DEFAULT 0,
    one_is_enough INTEGER NOT NULL DEFAULT 0,
    trashed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX drafts_by_state ON drafts(state, updated_at);
CREATE INDEX drafts_by_plan ON drafts(planned_at) WHERE planned_at IS NOT NULL;
CREATE INDEX drafts_by_publication ON drafts(published_at) WHERE published_at IS NOT NULL;
CREATE INDEX drafts_by_page ON drafts(page_id);

CREATE TABLE variants (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    target TEXT NOT NULL,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    updated_at TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,  -- taken out of the draft; its text stays
    UNIQUE (draft_id, target, language)
) STRICT;

CREATE TABLE revisions (
    variant_id INTEGER NOT NULL REFERENCES variants(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (variant_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    blob_id INTEGER NOT NULL REFERENCES blobs(id),
    position INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    alt TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL DEFAULT 0,
    height INTEGER NOT NULL DEFAULT 0,
    has_position INTEGER NOT NULL DEFAULT 0,
    consent TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX media_by_draft ON media(draft_id);

CREATE TABLE answers (
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    answer TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    PRIMARY KEY (draft_id, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,
    entry INTEGER                    -- in the journal; NULL for one that is only set aside
) STRICT;
CREATE INDEX overrides_by_draft ON overrides(draft_id);
CREATE INDEX overrides_by_day ON overrides(at);

CREATE TABLE approvals (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    validator TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    text_hash TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX approvals_by_draft ON approvals(draft_id);

-- Every post that is known, ours or another page's, for the duplicate check ---------------------
CREATE TABLE known_posts (
    id INTEGER PRIMARY KEY,
    variant_id INTEGER UNIQUE REFERENCES variants(id) ON DELETE CASCADE,
    incident_id INTEGER UNIQUE REFERENCES incidents(id) ON DELETE CASCADE,
    person_id INTEGER REFERENCES persons(id) ON DELETE CASCADE,
    origin TEXT NOT NULL,            -- draft, comment, or the name of the file it came from
    page TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    day TEXT NOT NULL,               -- when published, else when planned, else when written
    text TEXT NOT NULL,
    norm TEXT NOT NULL,              -- normalised for comparison (verdict.duplicates)
    uid TEXT UNIQUE,                 -- of a post that came in a file
    plan TEXT NOT NULL DEFAULT ''    -- uid of the page whose signed plan it came in
) STRICT;
CREATE INDEX known_posts_by_person ON known_posts(person_id) WHERE person_id IS NOT NULL;
CREATE VIRTUAL TABLE known_posts_words USING fts5(
    norm, content='known_posts', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE known_posts_vocab USING fts5vocab(known_posts_words, 'row');
CREATE TABLE known_unread (          -- posts whose meaning has not been read yet
    known_id INTEGER PRIMARY KEY REFERENCES known_posts(id) ON DELETE CASCADE
) STRICT;
CREATE TRIGGER known_posts_added AFTER INSERT ON known_posts BEGIN
    INSERT INTO known_posts_words(rowid, norm) VALUES (new.id, new.norm);
    INSERT OR IGNORE INTO known_unread(known_id) VALUES (new.id);
END;
CREATE TRIGGER known_posts_removed AFTER DELETE ON known_posts BEGIN
    INSERT INTO known_posts_words(known_posts_words, rowid, norm)
    VALUES ('delete', old.id, old.norm);
END;
CREATE TRIGGER known_posts_changed AFTER UPDATE ON known_posts BEGIN
    INSERT INTO known_posts_words(known_posts_words, rowid, norm)
    VALUES ('delete', old.id, old.norm);
    INSERT INTO known_posts_words(rowid, norm) VALUES (new.id, new.norm);
END;
CREATE TABLE known_vectors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- only grows: readers append what is new
    known_id INTEGER NOT NULL UNIQUE REFERENCES known_posts(id) ON DELETE CASCADE,
    vector BLOB NOT NULL             -- 512 signed bytes
) STRICT;
CREATE TRIGGER known_posts_reworded AFTER UPDATE OF norm ON known_posts
WHEN new.norm IS NOT old.norm BEGIN
    DELETE FROM known_vectors WHERE known_id = new.id;
    INSERT OR IGNORE INTO known_unread(known_id) VALUES (new.id);
END;

-- House lists of the verdict, and small registers -----------------------------------------------
CREATE TABLE lists (
    name TEXT NOT NULL,              -- domains, contacts, names, hashtags, places, ...
    value TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE registers (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    register TEXT NOT NULL,          -- influencers, trainings, monitoring, confidentiality, ...
    page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
    due_on TEXT,
    data TEXT NOT NULL,              -- JSON object, fields declared in resources/registers.toml
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX registers_by_name ON registers(register, due_on);

-- Moderation ----------------------------------------------------------------------------------
CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    interest TEXT NOT NULL DEFAULT '',
    interest_disclosed INTEGER NOT NULL DEFAULT 0,
    notes TEXT NOT NULL DEFAULT '',
    consent TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    person_id INTEGER NOT NULL REFERENCES persons(id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    handle TEXT NOT NULL,
    external_id TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    confirmed INTEGER NOT NULL DEFAULT 1,
    UNIQUE (network, handle, person_id)
) STRICT;

CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL UNIQUE,
    person_id INTEGER NOT NULL REFERENCES persons(id),
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    critical INTEGER NOT NULL,
    state TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    closed_at TEXT,
    review_on TEXT,
    hold TEXT NOT NULL DEFAULT '',
    last_event_at TEXT NOT NULL,
    destroyed_at TEXT
) STRICT;
CREATE INDEX cases_by_state ON cases(state, last_event_at);
CREATE INDEX cases_by_person ON cases(person_id);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases(id),
    page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
    account_id INTEGER REFERENCES accounts(id) ON DELETE SET NULL,
    text TEXT NOT NULL DEFAULT '',
    url TEXT NOT NULL DEFAULT '',
    displayed_at TEXT NOT NULL DEFAULT '',
    captured_at TEXT NOT NULL,
    collector TEXT NOT NULL,
    method TEXT NOT NULL,
    entry INTEGER NOT NULL,
    retracted INTEGER NOT NULL DEFAULT 0    -- logged by mistake, undone by a later entry
) STRICT;
CREATE INDEX incidents_by_case ON incidents(case_id, captured_at);
CREATE INDEX incidents_by_day ON incidents(captured_at);

CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    case_id INTEGER NOT NULL REFERENCES cases(id),
    incident_id INTEGER REFERENCES incidents(id),
    step_id INTEGER REFERENCES case_steps(id),   -- the act of ours that it shows
    blob_id INTEGER NOT NULL REFERENCES blobs(id),
    original_name TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    collector TEXT NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX evidence_by_case ON evidence(case_id, captured_at);

CREATE TABLE custody (
    id INTEGER PRIMARY KEY,
    evidence_id INTEGER NOT NULL REFERENCES evidence(id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    to_whom TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX custody_by_evidence ON custody(evidence_id, at);

CREATE TABLE case_steps (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases(id),
    kind TEXT NOT NULL,
    rung INTEGER,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    text TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    approver TEXT NOT NULL DEFAULT '',
    expires_on TEXT,
    retracted INTEGER NOT NULL DEFAULT 0,   -- undone by a later entry
    entry INTEGER NOT NULL
) STRICT;
CREATE INDEX case_steps_by_case ON case_steps(case_id, at);
CREATE INDEX case_steps_by_day ON case_steps(at);

CREATE TABLE escalations (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    number TEXT NOT NULL UNIQUE,
    case_id INTEGER NOT NULL REFERENCES cases(id),
    situation TEXT NOT NULL,
    question TEXT NOT NULL,
    spread TEXT NOT NULL DEFAULT '',
    not_done TEXT NOT NULL DEFAULT '',
    seen_at TEXT NOT NULL,
    escalated_at TEXT,
    contact TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answer TEXT NOT NULL DEFAULT '',
    closed_at TEXT,
    created_by TEXT NOT NULL
) STRICT;
CREATE INDEX escalations_by_case ON escalations(case_id);

CREATE TABLE packets (
    id INTEGER PRIMARY KEY,
    escalation_id INTEGER NOT NULL REFERENCES escalations(id),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    name TEXT NOT NULL,
    pdf_sha256 TEXT NOT NULL,
    zip_sha256 TEXT NOT NULL,
    sent_to TEXT NOT NULL DEFAULT '',
    acknowledged_at TEXT,
    entry INTEGER NOT NULL
) STRICT;

-- What was being typed when a form was left: offered again, and dropped once it is recorded ------
CREATE TABLE unfinished (
    name TEXT PRIMARY KEY,           -- incident, ban:12, ...
    data TEXT NOT NULL,              -- JSON object, the form's own
    updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Reports ---------------------------------------------------------------------------------------
CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    week TEXT NOT NULL,              -- 2026-W47
    language TEXT NOT NULL,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    figures TEXT NOT NULL,           -- JSON
    comment TEXT NOT NULL DEFAULT '',
    entry INTEGER NOT NULL
) STRICT;
CREATE INDEX reports_by_week ON reports(week, at);

-- Journal: docs/journal-format.md ---------------------------------------------------------------
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    body BLOB NOT NULL,              -- canonical JSON (RFC 8785)
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE journal_values (
    seq INTEGER NOT NULL REFERENCES journal(seq),
    field TEXT NOT NULL,
    value TEXT,                      -- NULL once erased
    salt BLOB,                       -- 32 bytes; NULL once erased
    PRIMARY KEY (seq, field),
    CHECK ((value IS NULL) = (salt IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_tree (          -- hashes of the complete subtrees of 256, 65,536, ... entries
    level INTEGER NOT NULL,          -- 8, 16, 24: the subtree holds 2^level entries
    number INTEGER NOT NULL,         -- from 0, oldest first
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (
    id INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    head BLOB NOT NULL,
    root BLOB NOT NULL,
    at TEXT NOT NULL,
    key BLOB NOT NULL,               -- the Ed25519 public key that signed it
    note TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_is_appended BEFORE INSERT ON journal
WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal grows by one at its end'); END;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never cut'); END;
CREATE TRIGGER journal_values_come_with_their_entry BEFORE INSERT ON journal_values
WHEN new.value IS NULL OR new.seq IS NOT (SELECT max(seq) FROM journal)
  OR EXISTS (SELECT 1 FROM journal_values WHERE seq = new.seq AND field = new.field)
BEGIN SELECT RAISE(ABORT, 'a journal value comes with its entry'); END;
CREATE TRIGGER journal_values_are_only_erased BEFORE UPDATE ON journal_values
WHEN new.value IS NOT NULL OR new.salt IS NOT NULL
  OR new.seq IS NOT old.seq OR new.field IS NOT old.field
BEGIN SELECT RAISE(ABORT, 'a journal value is only erased'); END;
CREATE TRIGGER journal_values_are_not_cut BEFORE DELETE ON journal_values
BEGIN SELECT RAISE(ABORT, 'a journal value is only erased'); END;
CREATE TRIGGER checkpoints_are_added BEFORE INSERT ON checkpoints
WHEN new.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM checkpoints)
BEGIN SELECT RAISE(ABORT, 'checkpoints grow by one at their end'); END;
CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
CREATE TRIGGER checkpoints_are_not_cut BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint is never cut'); END;

-- What the journal is searched by: made from it, and made anew from it when in doubt. `words`:
-- what is still known of the values, folded; `tags`: kind, case, who and day, as words that nobody
-- can type.
CREATE VIRTUAL TABLE journal_words USING fts5(
    words, tags,
    tokenize='unicode61 remove_diacritics 2', prefix='1 2 3 4'
);
INSERT INTO journal_words(journal_words, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE journal_vocabulary USING fts5vocab(journal_words, 'instance');
"""


_SUBJECTS = """
-- What a finding is about, where its excerpt does not tell (the other post it resembles).
ALTER TABLE overrides ADD COLUMN subject TEXT NOT NULL DEFAULT '';
"""


_PLACED = """
    SELECT d.id AS draft_id,
        coalesce(
            (SELECT p.network FROM pages p WHERE p.id = d.page_id AND p.network IN (
                SELECT substr(v.target, 1, instr(v.target || '-', '-') - 1) FROM variants v
                WHERE v.draft_id = d.id AND NOT v.removed)),
            (SELECT substr(v.target, 1, instr(v.target || '-', '-') - 1) FROM variants v
                WHERE v.draft_id = d.id AND NOT v.removed ORDER BY v.id LIMIT 1),
            (SELECT p.network FROM pages p WHERE p.id = d.page_id),
            'facebook') AS network,
        d.page_id, d.published_at, d.permalink
    FROM drafts d
"""
"""Where a draft went, when it could go to one page only: to the network of that page if one of its
versions is for it, else to the network of its first version."""

_PLACEMENTS = f"""
-- Where a draft goes: one line for each network that its versions are for, in the order in which
-- they came. `drafts.published_at` says since when it is out, once it is out on all of them.
CREATE TABLE placements (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    page_id INTEGER REFERENCES pages(id) ON DELETE SET NULL,
    published_at TEXT,
    permalink TEXT NOT NULL DEFAULT '',
    UNIQUE (draft_id, network)
) STRICT;
CREATE INDEX placements_by_page ON placements(page_id);
CREATE INDEX placements_by_publication ON placements(published_at) WHERE published_at IS NOT NULL;
INSERT INTO placements(draft_id, network, page_id, published_at, permalink) {_PLACED} ORDER BY d.id;
-- What is not out yet goes wherever it has a text; of what is out, only the one link is known.
INSERT OR IGNORE INTO placements(draft_id, network)
SELECT v.draft_id, substr(v.target, 1, instr(v.target || '-', '-') - 1) FROM variants v
JOIN drafts d ON d.id = v.draft_id
WHERE d.published_at IS NULL AND NOT v.removed AND (d.state <> 'ready' OR trim(v.text) <> '')
ORDER BY v.id;
DROP INDEX drafts_by_page;
ALTER TABLE drafts DROP COLUMN page_id;
ALTER TABLE drafts DROP COLUMN permalink;
"""


_HANDS = """
-- Who changed a draft last; empty where nobody knows any more.
ALTER TABLE drafts ADD COLUMN updated_by TEXT NOT NULL DEFAULT '';
UPDATE drafts SET updated_by = author WHERE updated_at = created_at;
"""


_TRASH = """
-- Lines and campaigns that were taken out of the calendar by hand, and can be put back.
CREATE TABLE trash (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- calendar_entries or campaigns
    title TEXT NOT NULL,
    data TEXT NOT NULL,              -- JSON: the row, and the uids of what belonged to it
    at TEXT NOT NULL,
    who TEXT NOT NULL
) STRICT;
"""


_VERSIONS = """
-- Which version of itself a line that came from a file is (SEQUENCE): an older one changes nothing.
ALTER TABLE calendar_entries ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
"""


_SERVERS = """
-- How long a post may be on the page's server (Mastodon); NULL: the usual length.
ALTER TABLE pages ADD COLUMN post_limit INTEGER CHECK (post_limit > 0);
"""


STEPS: tuple[Step, ...] = (
    Step("foundation", _FOUNDATION),
    Step("subjects", _SUBJECTS),
    Step(
        "placements",
        _PLACEMENTS,
        f"CREATE TEMP VIEW placements AS SELECT draft_id AS id, * FROM ({_PLACED});",
    ),
    Step(
        "hands",
        _HANDS,
        "CREATE TEMP VIEW drafts AS SELECT *, '' AS updated_by FROM main.drafts;",
    ),
    Step(
        "trash",
        _TRASH,
        "CREATE TEMP VIEW trash AS SELECT 0 AS id, '' AS kind, '' AS title, '' AS data, '' AS at,"
        " '' AS who WHERE 0;",
    ),
    Step(
        "versions",
        _VERSIONS,
        "CREATE TEMP VIEW calendar_entries AS SELECT *, 0 AS sequence FROM main.calendar_entries;",
    ),
    Step(
        "servers",
        _SERVERS,
        "CREATE TEMP VIEW pages AS SELECT *, NULL AS post_limit FROM main.pages;",
    ),
)
