//! A SQLite database that somebody sent, read from memory table by table. Trusts nothing in it: no view, trigger, virtual table
//! or computed column is run, and nothing grows without measure. Knows no service.

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB, Row};

use super::foreign::Unreadable;

/// What every SQLite database begins with.
pub const MAGIC: &str = "SQLite format 3\0";

/// The most bytes of one value; longer ones are not read.
pub const LONGEST: usize = 1 << 20;

/// The most rows of one table.
const MOST_ROWS: usize = 1_000_000;

/// The length of the header of a database.
const HEADER: usize = 100;

/// A database.
pub struct Database {
    connection: Connection,
    size: usize,
    /// What is known to be missing of the whole, as sentences.
    pub losses: Vec<String>,
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value, or no such column.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes, or a text that is too long.
    Unfit,
}

/// What could be read of a table.
#[derive(Debug, Default)]
pub struct Rows {
    /// The rows, by `id`, which is the first cell of each.
    pub list: Vec<(i64, Vec<Cell>)>,
    /// Why some are not there, and where.
    pub broken: Option<String>,
}

impl Database {
    /// Opens a database; of one that is cut short, what is there.
    ///
    /// # Errors
    /// It is none.
    pub fn open(mut bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let losses = mend(&mut bytes)?;
        let size = bytes.len();
        let connection = connection(&bytes).map_err(|error| unreadable(&error))?;
        Ok(Self { connection, size, losses })
    }

    /// Whether there is a real table of this name: views and virtual tables run what somebody else wrote.
    ///
    /// # Errors
    /// The list of tables cannot be read.
    pub fn has_table(&self, table: &str) -> Result<bool, Unreadable> {
        let query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND lower(name) = ?1 AND rootpage > 1 \
                     AND lower(sql) LIKE 'create table%'";
        self.connection
            .query_row(query, [table], |row| row.get::<_, i64>(0))
            .map(|count| count == 1)
            .map_err(|error| unreadable(&error))
    }

    /// Columns of a table with an `INTEGER PRIMARY KEY` called `id`, row by row. Where a page is broken, the rows before the
    /// first and behind the last such page come out.
    ///
    /// # Errors
    /// The table is not as it should be.
    pub fn rows(&self, table: &str, columns: &[&str]) -> Result<Rows, Unreadable> {
        if !self.has_table(table)? {
            return Err(Unreadable::new(format!("the database has no table `{table}`")));
        }
        let stored = self.stored_columns(table).map_err(|error| unreadable(&error))?;
        if !stored.iter().any(|column| column == "id") {
            return Err(Unreadable::new(format!("the table `{table}` has no whole number `id` as its key")));
        }
        let limited = |column: &&str| match stored.iter().any(|stored| stored == column) {
            true => format!("CASE WHEN octet_length({column}) > {LONGEST} THEN x'00' ELSE {column} END"),
            false => "NULL".to_owned(),
        };
        let chosen: String = columns.iter().map(|column| format!(", {}", limited(column))).collect();
        let query = |order: &str| format!("SELECT id{chosen} FROM {table} NOT INDEXED ORDER BY id {order}");
        let mut budget = self.size.saturating_mul(2);
        let mut rows = Rows::default();
        let Some(why) = self.scan(&query("ASC"), &mut rows.list, &mut budget, |last, id| last < id) else {
            return Ok(rows);
        };
        let reached = rows.list.last().map(|(id, _)| *id);
        let mut behind = Vec::new();
        self.scan(&query("DESC"), &mut behind, &mut budget, |last, id| id < last && Some(id) > reached);
        behind.retain(|(id, _)| Some(*id) > reached);
        let next = behind.last().map_or_else(String::new, |(id, _)| format!(" and before {id}"));
        let after = reached.map_or_else(|| "from the beginning".to_owned(), |id| format!("after {id}"));
        rows.broken = Some(format!("{after}{next}: {why}"));
        rows.list.extend(behind.into_iter().rev());
        Ok(rows)
    }

    /// Names of the columns that hold what was written into them, in lower case; `id` only if rows are found by it.
    fn stored_columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.connection.prepare(&format!("PRAGMA table_xinfo({table})"))?;
        let mut rows = statement.query([])?;
        let (mut columns, mut keys) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let (name, kind): (String, String) = (row.get("name")?, row.get("type")?);
            let (key, hidden): (i64, i64) = (row.get("pk")?, row.get("hidden")?);
            let (name, is_whole) = (name.to_ascii_lowercase(), kind.eq_ignore_ascii_case("integer"));
            if key > 0 {
                keys.push((name.clone(), is_whole));
            }
            if hidden == 0 && name != "id" {
                columns.push(name);
            }
        }
        if keys == [("id".to_owned(), true)] {
            columns.push("id".to_owned());
        }
        Ok(columns)
    }

    /// Reads rows until something is wrong, and says what. Ids that do not go one way are of a table that leads in a circle.
    fn scan(
        &self,
        query: &str,
        list: &mut Vec<(i64, Vec<Cell>)>,
        budget: &mut usize,
        is_next: impl Fn(i64, i64) -> bool,
    ) -> Option<String> {
        let mut statement = match self.connection.prepare(query) {
            Ok(statement) => statement,
            Err(error) => return Some(error.to_string()),
        };
        let mut rows = match statement.query([]) {
            Ok(rows) => rows,
            Err(error) => return Some(error.to_string()),
        };
        loop {
            let (id, cells) = match rows.next() {
                Ok(None) => return None,
                Ok(Some(row)) => match cells(row) {
                    Some(found) => found,
                    None => return Some("a key is no number".to_owned()),
                },
                Err(error) => return Some(error.to_string()),
            };
            let length: usize = cells.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum();
            if list.last().is_some_and(|(last, _)| !is_next(*last, id)) {
                return Some("its rows are out of order".to_owned());
            }
            if list.len() == MOST_ROWS || length > *budget {
                return Some("it holds more than there can be in such a file".to_owned());
            }
            *budget -= length;
            list.push((id, cells));
        }
    }
}

/// The id of a row, and its other cells.
fn cells(row: &Row<'_>) -> Option<(i64, Vec<Cell>)> {
    let id = row.get(0).ok()?;
    let mut cells = Vec::new();
    for at in 1.. {
        cells.push(match row.get_ref(at) {
            Ok(ValueRef::Null) => Cell::Null,
            Ok(ValueRef::Integer(number)) => Cell::Integer(number),
            Ok(ValueRef::Real(number)) => Cell::Real(number),
            Ok(ValueRef::Text(bytes)) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
            Ok(ValueRef::Blob(_)) => Cell::Unfit,
            Err(_) => break,
        });
    }
    Some((id, cells))
}

fn unreadable(error: &rusqlite::Error) -> Unreadable {
    Unreadable::new(format!("this database cannot be read: {error}"))
}

/// Makes the header say what is there, and tells what is not: SQLite itself refuses a file that is cut short, or that was
/// copied beside its log.
fn mend(bytes: &mut Vec<u8>) -> Result<Vec<String>, Unreadable> {
    let mut losses = Vec::new();
    if bytes.len() < HEADER || !bytes.starts_with(MAGIC.as_bytes()) {
        return Err(Unreadable::new("this is no SQLite database"));
    }
    let page_size = match u16::from_be_bytes([bytes[16], bytes[17]]) {
        1 => 65_536,
        size => usize::from(size),
    };
    if !page_size.is_power_of_two() || page_size < 512 {
        return Err(Unreadable::new("this database cannot be read: its header is broken"));
    }
    if bytes[18..20].contains(&2) {
        bytes[18..20].copy_from_slice(&[1, 1]);
        losses.push("the newest replies may stand in a file `-wal` beside the database, which is not read".to_owned());
    }
    let number = |at: usize| {
        bytes.get(at..at + 4).map(|word| word.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)))
    };
    let (there, claimed) = (bytes.len() / page_size, number(28).unwrap_or_default());
    // The number of pages holds only where both counters of changes agree.
    if number(24) == number(92) && there < claimed {
        losses.push(format!("the database is cut short: {there} of {claimed} pages are there"));
        bytes.truncate(there * page_size);
        let pages = u32::try_from(there).unwrap_or(u32::MAX).to_be_bytes();
        if let Some(word) = bytes.get_mut(28..32) {
            word.copy_from_slice(&pages);
        }
    }
    if bytes.len() < page_size {
        return Err(Unreadable::new("this database cannot be read: not even its first page is whole"));
    }
    Ok(losses)
}

fn connection(bytes: &[u8]) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.deserialize_read_exact(MAIN_DB, bytes, bytes.len(), true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The bytes of a database that these statements make.
    pub(in super::super) fn made(statements: &str) -> Vec<u8> {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch("PRAGMA page_size = 512; PRAGMA foreign_keys = OFF;").expect("settings");
        connection.execute_batch(statements).expect("good statements");
        connection.serialize(MAIN_DB).expect("bytes").to_vec()
    }

    fn many() -> Vec<u8> {
        made(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text, size); \
             WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 400) \
             INSERT INTO notes SELECT n, 'Note ' || n || ' of some length, so that it fills pages.', n / 2.0 FROM up;",
        )
    }

    fn rows(bytes: Vec<u8>) -> Result<Rows, Unreadable> {
        Database::open(bytes)?.rows("notes", &["text", "size", "missing"])
    }

    #[test]
    fn a_table_comes_out_as_it_went_in() {
        let found = rows(many()).expect("good");
        assert_eq!((found.list.len(), &found.broken), (400, &None));
        let text = Cell::Text("Note 3 of some length, so that it fills pages.".to_owned());
        assert_eq!(found.list[2], (3, vec![text, Cell::Real(1.5), Cell::Null]));
        let odd = made(&format!(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text, size); \
             INSERT INTO notes VALUES (-5, x'00ff', 7), (1, CAST(zeroblob({}) AS TEXT), 'x');",
            LONGEST + 1
        ));
        let found = rows(odd).expect("odd");
        assert_eq!(found.list[0], (-5, vec![Cell::Unfit, Cell::Integer(7), Cell::Null]));
        assert_eq!(found.list[1].1[0], Cell::Unfit);
    }

    #[test]
    fn what_would_run_is_refused() {
        for statements in [
            "CREATE VIEW notes AS WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up) SELECT n AS id, n AS text FROM up;",
            "CREATE VIRTUAL TABLE notes USING fts5(id, text);",
            "CREATE TABLE notes (id TEXT PRIMARY KEY, text);",
            "CREATE TABLE notes (text);",
            "CREATE TABLE other (id INTEGER PRIMARY KEY);",
        ] {
            assert!(rows(made(statements)).is_err(), "{statements}");
        }
        let computed = made(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text AS (hex(zeroblob(100)))); INSERT INTO notes VALUES (1);",
        );
        assert_eq!(rows(computed).expect("a table").list[0].1[0], Cell::Null);
    }

    #[test]
    fn of_a_broken_database_both_ends_come_out() {
        let mut bytes = many();
        let middle = bytes.len() / 512 / 2 * 512;
        bytes[middle..middle + 512].fill(0xff);
        let found = rows(bytes).expect("a part");
        assert!(found.list.len() > 300 && found.list.len() < 400, "{}", found.list.len());
        assert!(found.list.is_sorted_by(|a, b| a.0 < b.0) && found.list.last().is_some_and(|(id, _)| *id == 400));
        assert!(found.broken.is_some_and(|why| why.contains("after") && why.contains("before")));
    }

    #[test]
    fn a_database_that_is_cut_short_or_was_in_use_says_so() {
        let whole = many();
        let cut = Database::open(whole[..whole.len() - 700].to_vec()).expect("a part");
        assert!(cut.losses[0].contains("cut short"), "{:?}", cut.losses);
        let found = cut.rows("notes", &["text"]).expect("a part");
        assert!(found.list.len() > 300 && found.broken.is_some());
        let mut in_use = whole;
        in_use[18..20].copy_from_slice(&[2, 2]);
        let database = Database::open(in_use).expect("good");
        assert_eq!((database.losses.len(), database.rows("notes", &[]).expect("good").list.len()), (1, 400));
        for bad in [Vec::new(), b"SQLite format 3\0".to_vec(), many()[..300].to_vec(), vec![0; 5_000]] {
            assert!(Database::open(bad).is_err());
        }
    }

    #[test]
    fn any_broken_byte_is_survived() {
        let whole = many();
        for at in (0..600).step_by(2).chain((600..whole.len()).step_by(97)) {
            for byte in [1, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                let _ = rows(bytes);
            }
        }
    }
}
