//! Connections: one writer and a pool of readers on SQLite. The only file that names the driver's types.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Transaction};

use stoa_core::Oid;

use crate::value::{Row, Value};
use crate::{Error, migrate};

/// As much of the file as SQLite maps at most. Lists look rows up all over a large file, and a mapped page is much cheaper
/// than one that is read. Only readers map it. The price: where the disk cannot read a mapped page, the process ends
/// instead of one request failing. The file shrinks only under SQLite's own locks.
const MAPPED: &str = "2147418112";

/// Where the database is.
#[derive(Clone, Debug)]
pub struct Config {
    /// The SQLite file. Its folder must exist.
    pub path: PathBuf,
    /// Connections that read at the same time.
    pub readers: u32,
}

impl Config {
    /// The database of a data folder, with as many readers as small machines use well.
    pub fn in_folder(data: &Path) -> Self {
        Self { path: data.join("stoa.db"), readers: 6 }
    }
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: SqlitePool,
    writer: SqlitePool,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(&config.path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a client that was told `ok` keeps its commit when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(20))
            .pragma("temp_store", "memory")
            .pragma("cache_size", "-24000")
            // A push of a whole history writes the same pages of indexes again and again: 32 MiB of them wait in the log.
            .pragma("wal_autocheckpoint", "8192")
            .pragma("journal_size_limit", "67108864")
            .statement_cache_capacity(256);
        let setup =
            |e: sqlx::Error| Error::Setup(format!("Cannot open the database {}: {e}", config.path.display()));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(Duration::from_mins(1))
            .connect_with(options.clone())
            .await
            .map_err(setup)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(config.readers.max(1))
            .acquire_timeout(Duration::from_mins(1))
            .connect_with(options.pragma("query_only", "1").pragma("mmap_size", MAPPED))
            .await
            .map_err(setup)?;
        let db = Self { readers, writer };
        migrate::run(&db).await?;
        Ok(db)
    }

    /// A connection for reading; each statement sees what was committed before it.
    pub async fn read(&self) -> Result<Tx, Error> {
        Ok(Tx(Inner::Read(self.readers.acquire().await?)))
    }

    /// A transaction that writes. It holds the only writer: never await the network while it is open.
    /// Dropping it without [`Tx::commit`] undoes it.
    pub async fn write(&self) -> Result<Tx, Error> {
        Ok(Tx(Inner::Write(self.writer.begin_with("BEGIN IMMEDIATE").await?)))
    }

    /// Closes every connection, so that the write-ahead log is folded into the database file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A transaction (or, for reading, a connection) in which the functions of this crate work.
pub struct Tx(Inner);

enum Inner {
    Read(PoolConnection<Sqlite>),
    Write(Transaction<'static, Sqlite>),
}

impl Tx {
    /// Makes what was written last.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0 {
            Inner::Read(_) => Ok(()),
            Inner::Write(tx) => Ok(tx.commit().await?),
        }
    }

    fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Inner::Read(connection) => connection,
            Inner::Write(tx) => tx,
        }
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn exec(&mut self, sql: impl Into<String>, args: Vec<Value>) -> Result<u64, Error> {
        let done = bind(sql.into(), args).execute(self.connection()).await?;
        Ok(done.rows_affected())
    }

    /// Runs a statement that inserts one row; answers its row id.
    pub(crate) async fn insert(&mut self, sql: &'static str, args: Vec<Value>) -> Result<i64, Error> {
        let done = bind(sql.to_owned(), args).execute(self.connection()).await?;
        Ok(done.last_insert_rowid())
    }

    /// Every row of an answer. Callers limit the number in the statement.
    pub(crate) async fn all(&mut self, sql: impl Into<String>, args: Vec<Value>) -> Result<Vec<Row>, Error> {
        let rows = bind(sql.into(), args).fetch_all(self.connection()).await?;
        Ok(rows.into_iter().map(Row).collect())
    }

    /// The first row of an answer, if there is one.
    pub(crate) async fn first(
        &mut self,
        sql: impl Into<String>,
        args: Vec<Value>,
    ) -> Result<Option<Row>, Error> {
        let row = bind(sql.into(), args).fetch_optional(self.connection()).await?;
        Ok(row.map(Row))
    }

    /// Runs a script of several statements without parameters.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), Error> {
        sqlx::raw_sql(sql).execute(self.connection()).await?;
        Ok(())
    }
}

/// More parameters than this go without names.
const NAMED: usize = 32;

/// SQLite takes `$7` for a name and looks each name up in a list of all, so that the work grows with the square of their
/// number. Where they come in order, each once, a `?` means the same and costs nothing.
fn without_names(sql: String) -> String {
    let mut plain = String::with_capacity(sql.len());
    let mut rest = sql.as_str();
    let mut count = 0;
    while let Some(at) = rest.find('$') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        count += 1;
        if rest[at + 1..at + 1 + digits].parse() != Ok(count) {
            return sql;
        }
        plain.push_str(&rest[..at]);
        plain.push('?');
        rest = &rest[at + 1 + digits..];
    }
    plain.push_str(rest);
    plain
}

/// Statements are assembled from text in this crate only; whatever a stranger sent is bound as a parameter.
fn bind(sql: String, args: Vec<Value>) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    let sql = if args.len() > NAMED { without_names(sql) } else { sql };
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for arg in args {
        query = match arg {
            Value::Null => query.bind(None::<i64>),
            Value::Int(value) => query.bind(value),
            Value::Real(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
            Value::Blob(value) => query.bind(value),
        };
    }
    query
}

/// `($1, $2), ($3, $4)`: the VALUES of a statement that inserts many rows.
pub(crate) fn rows_of(rows: usize, columns: usize) -> String {
    let mut sql = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                sql.push_str(", ");
            }
            sql.push('$');
            sql.push_str(&(row * columns + column + 1).to_string());
        }
        sql.push(')');
    }
    sql
}

/// The rows of a repository (`$1`) that belong to some ids, which `(ids)` in the statement stands for; asked in portions.
pub(crate) async fn rows_by_oid(tx: &mut Tx, sql: &str, repo: i64, oids: &[Oid]) -> Result<Vec<Row>, Error> {
    let mut rows = Vec::with_capacity(oids.len());
    for some in oids.chunks(500) {
        let sql = sql.replace("(ids)", &format!("({})", list_of(1, some.len())));
        let ids = some.iter().map(|oid| Value::from(*oid));
        rows.extend(tx.all(sql, std::iter::once(Value::from(repo)).chain(ids).collect()).await?);
    }
    Ok(rows)
}

/// `$2, $3, $4`: a list of `count` parameters that starts after `before` others.
pub(crate) fn list_of(before: usize, count: usize) -> String {
    let marks: Vec<String> = (0..count).map(|i| format!("${}", before + i + 1)).collect();
    marks.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_lose_their_names_only_where_that_changes_nothing() {
        let plain = |sql: &str| without_names(sql.to_owned());
        assert_eq!(plain("VALUES ($1, $2), ($3, $4)"), "VALUES (?, ?), (?, ?)");
        assert_eq!(plain("a = $1 AND b IN ($2, $3)"), "a = ? AND b IN (?, ?)");
        for other in ["a = $2 AND b = $1", "a = $1 OR b = $1", "a = '$' AND b = $1", "a = $1 AND b = $3"] {
            assert_eq!(plain(other), other);
        }
        assert_eq!(plain("SELECT 1"), "SELECT 1");
    }
}
