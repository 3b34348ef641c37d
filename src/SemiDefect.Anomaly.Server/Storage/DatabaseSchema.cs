namespace SemiDefect.Anomaly.Server.Storage;

/// <summary>The tables of the history. Entry i upgrades version i of the schema to i + 1.</summary>
internal static class DatabaseSchema
{
    /// <summary>Entries are added, never changed.</summary>
    public static IReadOnlyList<string> Upgrades { get; } = [Inspections, Versions, Checks, Labels];

    private const string Inspections =
        """
        CREATE TABLE inspections (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            model TEXT NOT NULL,
            model_version TEXT NOT NULL,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            score REAL NOT NULL,
            threshold REAL NOT NULL,
            pixel_threshold REAL NOT NULL,
            p_value REAL,
            abnormal INTEGER NOT NULL,
            detail TEXT NOT NULL,
            picture TEXT,
            picture_bytes INTEGER NOT NULL,
            verdict TEXT,
            verdict_note TEXT,
            verdict_time INTEGER);
        CREATE INDEX inspections_by_model ON inspections (model, id);
        CREATE INDEX inspections_by_time ON inspections (time);
        CREATE INDEX inspections_by_verdict ON inspections (verdict, id) WHERE verdict IS NOT NULL;
        CREATE INDEX inspections_by_picture ON inspections (picture) WHERE picture IS NOT NULL;
        CREATE TABLE requests (
            key TEXT PRIMARY KEY,
            fingerprint TEXT NOT NULL,
            answer TEXT NOT NULL,
            time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX requests_by_time ON requests (time);
        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            model TEXT NOT NULL,
            state TEXT NOT NULL,
            error TEXT,
            created INTEGER NOT NULL,
            ended INTEGER);
        """;

    // The triggers make a version and an audit entry immutable for every program that opens the file.
    private const string Versions =
        """
        CREATE TABLE versions (
            model TEXT NOT NULL,
            number INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            origin TEXT NOT NULL,
            parent INTEGER,
            scoring TEXT NOT NULL,
            threshold REAL NOT NULL,
            pixel_threshold REAL NOT NULL,
            method TEXT NOT NULL,
            rate REAL,
            images INTEGER NOT NULL,
            learned TEXT NOT NULL,
            PRIMARY KEY (model, number)) WITHOUT ROWID;
        CREATE UNIQUE INDEX versions_by_content ON versions (model, sha256);
        CREATE TRIGGER versions_are_immutable BEFORE UPDATE ON versions
            BEGIN SELECT RAISE(ABORT, 'A version never changes.'); END;
        CREATE TABLE version_uses (
            model TEXT NOT NULL,
            number INTEGER NOT NULL,
            activated INTEGER,
            discarded INTEGER,
            PRIMARY KEY (model, number)) WITHOUT ROWID;
        CREATE TABLE models (
            model TEXT PRIMARY KEY,
            active INTEGER,
            last_number INTEGER NOT NULL,
            pending INTEGER NOT NULL,
            file_before TEXT,
            file_length INTEGER,
            file_written INTEGER) WITHOUT ROWID;
        CREATE TABLE defect_scores (
            scoring TEXT NOT NULL,
            inspection INTEGER NOT NULL,
            score REAL NOT NULL,
            PRIMARY KEY (scoring, inspection)) WITHOUT ROWID;
        CREATE TABLE deletions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            model TEXT NOT NULL,
            number INTEGER,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            ended INTEGER);
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            model TEXT,
            before TEXT,
            after TEXT,
            reason TEXT,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL);
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'The audit is append-only.'); END;
        CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'The audit is append-only.'); END;
        ALTER TABLE jobs ADD COLUMN actor TEXT;
        ALTER TABLE jobs ADD COLUMN request TEXT;
        ALTER TABLE jobs ADD COLUMN version INTEGER;
        """;

    // Inspections and versions from before have two answers only.
    private const string Checks =
        """
        ALTER TABLE inspections ADD COLUMN check_threshold REAL;
        ALTER TABLE inspections ADD COLUMN to_check INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE versions ADD COLUMN check_threshold REAL;
        ALTER TABLE versions ADD COLUMN check_rate REAL NOT NULL DEFAULT 0;
        """;

    private const string Labels =
        """
        ALTER TABLE inspections ADD COLUMN station TEXT;
        ALTER TABLE inspections ADD COLUMN lot TEXT;
        ALTER TABLE inspections ADD COLUMN part TEXT;
        CREATE INDEX inspections_by_station ON inspections (station, id) WHERE station IS NOT NULL;
        CREATE INDEX inspections_by_lot ON inspections (lot, id) WHERE lot IS NOT NULL;
        CREATE INDEX inspections_by_part ON inspections (part, id) WHERE part IS NOT NULL;
        CREATE INDEX inspections_by_version ON inspections (model, model_version, id);
        """;
}
