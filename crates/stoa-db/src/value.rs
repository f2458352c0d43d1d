//! Values that go into a statement and rows that come out, without the driver's types.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use stoa_core::{Oid, Sha256, Time};

use crate::Error;

/// One parameter of a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT; also booleans (0, 1) and times (microseconds).
    Int(i64),
    /// DOUBLE PRECISION.
    Real(f64),
    /// TEXT.
    Text(String),
    /// BLOB or BYTEA.
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($type:ty, $value:ident => $make:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        })*
    };
}

value_from! {
    i64, value => Self::Int(value);
    bool, value => Self::Int(i64::from(value));
    f64, value => Self::Real(value);
    &str, value => Self::Text(value.to_owned());
    String, value => Self::Text(value);
    &String, value => Self::Text(value.clone());
    Vec<u8>, value => Self::Blob(value);
    &[u8], value => Self::Blob(value.to_vec());
    Oid, value => Self::Blob(value.0.to_vec());
    Sha256, value => Self::Blob(value.0.to_vec());
    Time, value => Self::Int(value.0);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The parameters of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
pub(crate) use args;

/// One row of an answer; columns are counted from 0.
pub struct Row(pub(crate) SqliteRow);

impl Row {
    fn get<'r, T>(&'r self, column: usize) -> Result<T, Error>
    where
        T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.0.try_get(column).map_err(|e| Error::Malformed(e.to_string()))
    }

    /// A BIGINT.
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        self.get(column)
    }

    /// A BIGINT or NULL.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, Error> {
        self.get(column)
    }

    /// A BIGINT that is 0 or 1.
    pub fn flag(&self, column: usize) -> Result<bool, Error> {
        Ok(self.int(column)? != 0)
    }

    /// A time in microseconds.
    pub fn time(&self, column: usize) -> Result<Time, Error> {
        self.int(column).map(Time)
    }

    /// A DOUBLE PRECISION.
    pub fn real(&self, column: usize) -> Result<f64, Error> {
        self.get(column)
    }

    /// A TEXT.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.get(column)
    }

    /// A TEXT or NULL.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, Error> {
        self.get(column)
    }

    /// A BLOB.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, Error> {
        self.get(column)
    }

    /// A BLOB or NULL.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>, Error> {
        self.get(column)
    }

    /// A BLOB of 20 bytes.
    pub fn oid(&self, column: usize) -> Result<Oid, Error> {
        let bytes: &[u8] = self.get(column)?;
        Oid::from_slice(bytes).ok_or_else(|| Error::Malformed(format!("column {column} is no object id")))
    }

    /// A BLOB of 20 bytes or NULL.
    pub fn opt_oid(&self, column: usize) -> Result<Option<Oid>, Error> {
        let bytes: Option<&[u8]> = self.get(column)?;
        Ok(bytes.and_then(Oid::from_slice))
    }

    /// A BLOB of 32 bytes.
    pub fn sha256(&self, column: usize) -> Result<Sha256, Error> {
        let bytes: &[u8] = self.get(column)?;
        Sha256::from_slice(bytes).ok_or_else(|| Error::Malformed(format!("column {column} is no SHA-256")))
    }

    /// A BLOB of 32 bytes or NULL.
    pub fn opt_sha256(&self, column: usize) -> Result<Option<Sha256>, Error> {
        let bytes: Option<&[u8]> = self.get(column)?;
        Ok(bytes.and_then(Sha256::from_slice))
    }
}
