//! What can go wrong with the database.

use std::fmt;

/// An error of the database, named by what to do about it.
#[derive(Debug)]
pub enum Error {
    /// A unique key exists already: choose another or treat it as a conflict.
    Duplicate,
    /// The database stayed locked for longer than the time-out: try again.
    Busy,
    /// The data folder cannot be used; the text says why and what to do.
    Setup(String),
    /// A column holds what it should not: the database was changed by another hand or a bug of ours.
    Malformed(String),
    /// Anything else the driver says.
    Driver(sqlx::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate => f.write_str("a row with this key exists already"),
            Self::Busy => f.write_str("the database stayed locked for too long"),
            Self::Setup(text) => f.write_str(text),
            Self::Malformed(what) => write!(f, "the database holds an unexpected value: {what}"),
            Self::Driver(source) => write!(f, "database: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Driver(source) => Some(source),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &source {
            if database.is_unique_violation() {
                return Self::Duplicate;
            }
            // SQLITE_BUSY and its extended forms.
            if matches!(database.code().as_deref(), Some("5" | "261" | "517")) {
                return Self::Busy;
            }
        }
        Self::Driver(source)
    }
}

impl From<Error> for stoa_core::Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Busy => Self::busy("The database is busy. Try again in a moment."),
            other => Self::internal(other),
        }
    }
}
