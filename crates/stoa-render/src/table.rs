//! The first rows of tables in text: CSV and TSV, JSON lines, JSON arrays. Plain data; the page draws it.

use serde_json::Value;

use crate::json;

/// More columns than this are left out.
const COLUMNS: usize = 200;

/// Cells are cut behind so many bytes.
const CELL: usize = 2000;

/// Longer lines of JSON are not read.
const LINE: usize = 1 << 20;

/// Longer texts are not read as one JSON array.
const ARRAY: usize = 16 << 20;

/// The beginning of a table. All of it is text: escape it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the columns are called.
    pub columns: Vec<String>,
    /// Cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
    /// Whether there are more rows or columns than these, or longer cells.
    pub truncated: bool,
}

/// Reads delimited text as RFC 4180 describes it; the first row names the columns.
pub fn delimited(text: &str, separator: char, rows: usize) -> Table {
    let mut table = Table::default();
    let mut reader =
        Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text), separator, truncated: false };
    if let Some(columns) = reader.row() {
        table.columns = columns;
    }
    while let Some(mut row) = reader.row() {
        if table.rows.len() == rows {
            table.truncated = true;
            break;
        }
        // A row may be longer than the first one, or shorter.
        while table.columns.len() < row.len() {
            table.columns.push(String::new());
        }
        row.resize(table.columns.len(), String::new());
        table.rows.push(row);
    }
    let width = table.columns.len();
    for row in &mut table.rows {
        row.resize(width, String::new());
    }
    table.truncated |= reader.truncated;
    table
}

struct Reader<'a> {
    rest: &'a str,
    separator: char,
    truncated: bool,
}

impl Reader<'_> {
    /// The next row that is not empty.
    fn row(&mut self) -> Option<Vec<String>> {
        self.rest = self.rest.trim_start_matches(['\n', '\r']);
        if self.rest.is_empty() {
            return None;
        }
        let mut row = Vec::new();
        loop {
            let cell = self.cell();
            if row.len() < COLUMNS {
                row.push(cell);
            } else {
                self.truncated = true;
            }
            match self.rest.strip_prefix(self.separator) {
                Some(rest) => self.rest = rest,
                None => return Some(row),
            }
        }
    }

    fn cell(&mut self) -> String {
        let mut cell = String::new();
        if let Some(mut quoted) = self.rest.strip_prefix('"') {
            loop {
                let end = quoted.find('"').unwrap_or(quoted.len());
                self.push(&mut cell, &quoted[..end]);
                quoted = quoted[end..].strip_prefix('"').unwrap_or_default();
                match quoted.strip_prefix('"') {
                    Some(rest) => {
                        self.push(&mut cell, "\"");
                        quoted = rest;
                    }
                    None => break,
                }
            }
            self.rest = quoted;
        }
        let separator = self.separator;
        let end = self.rest.find([separator, '\n', '\r']).unwrap_or(self.rest.len());
        let (plain, rest) = self.rest.split_at(end);
        self.push(&mut cell, plain);
        self.rest = rest;
        cell
    }

    fn push(&mut self, cell: &mut String, text: &str) {
        let room = CELL - cell.len();
        self.truncated |= text.len() > room;
        cell.push_str(&text[..text.floor_char_boundary(room)]);
    }
}

/// Reads one JSON value per line; the keys of the objects name the columns. Lines that are no JSON are left out.
pub fn json_lines(text: &str, rows: usize) -> Table {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let values =
        lines.by_ref().take(rows).filter_map(|line| if line.len() > LINE { None } else { json::parse(line) });
    let mut table = from_values(values.collect());
    table.truncated |= lines.next().is_some();
    table
}

/// Reads a JSON array of objects; nothing if the text is something else or very large.
pub fn json_array(text: &str, rows: usize) -> Option<Table> {
    if text.len() > ARRAY {
        return None;
    }
    let Value::Array(mut values) = json::parse(text)? else { return None };
    let truncated = values.len() > rows;
    values.truncate(rows);
    let mut table = from_values(values);
    table.truncated |= truncated;
    Some(table)
}

fn from_values(values: Vec<Value>) -> Table {
    let mut table = Table::default();
    for key in values.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !table.columns.contains(key) {
            if table.columns.len() == COLUMNS {
                table.truncated = true;
                break;
            }
            table.columns.push(key.clone());
        }
    }
    // Values that are no objects have a column of their own.
    let bare = values.iter().any(|value| !value.is_object());
    if bare {
        table.columns.insert(0, "value".to_owned());
    }
    for value in values {
        let mut row = vec![String::new(); table.columns.len()];
        match value {
            Value::Object(mut object) => {
                for (cell, column) in row.iter_mut().zip(&table.columns).skip(usize::from(bare)) {
                    if let Some(value) = object.remove(column) {
                        *cell = cell_text(&value, &mut table.truncated);
                    }
                }
            }
            value => row[0] = cell_text(&value, &mut table.truncated),
        }
        table.rows.push(row);
    }
    for column in &mut table.columns {
        column.truncate(column.floor_char_boundary(CELL));
    }
    table
}

fn cell_text(value: &Value, truncated: &mut bool) -> String {
    let mut text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    *truncated |= text.len() > CELL;
    text.truncate(text.floor_char_boundary(CELL));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &Table) -> Vec<Vec<&str>> {
        table.rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect()
    }

    #[test]
    fn quotes_may_hold_separators_lines_and_quotes() {
        let table = delimited("a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\r\n3\r\n", ',', 10);
        assert_eq!(table.columns, ["a", "b"]);
        assert_eq!(cells(&table), [["x, \"y\"\nz", "2"], ["3", ""]]);
        assert!(!table.truncated);
    }

    #[test]
    fn rows_of_any_width_fill_the_table() {
        let table = delimited("a\tb\n1\t2\t3\n4", '\t', 10);
        assert_eq!(table.columns, ["a", "b", ""]);
        assert_eq!(cells(&table), [["1", "2", "3"], ["4", "", ""]]);
    }

    #[test]
    fn tables_are_cut_at_rows_columns_and_cells() {
        assert!(delimited("a\n1\n2\n3", ',', 2).truncated);
        let wide = delimited(&format!("{}\n1", "a,".repeat(1000)), ',', 2);
        assert!(wide.truncated);
        assert_eq!(wide.columns.len(), COLUMNS);
        let long = delimited(&format!("a\n\"{}", "ü\"\"".repeat(10_000)), ',', 2);
        assert!(long.truncated && long.rows[0][0].len() <= CELL);
    }

    #[test]
    fn keys_of_json_lines_are_columns() {
        let table = json_lines("{\"a\": 1, \"b\": \"x\"}\n\nbroken\n{\"c\": [1, null]}\n{}\n", 3);
        assert_eq!(table.columns, ["a", "b", "c"]);
        assert_eq!(cells(&table), [["1", "x", ""], ["", "", "[1,null]"]]);
        assert!(table.truncated);
    }

    #[test]
    fn json_arrays_are_tables_and_other_json_is_not() {
        let table = json_array("[{\"a\": true}, 5]", 10).expect("an array");
        assert_eq!(table.columns, ["value", "a"]);
        assert_eq!(cells(&table), [["", "true"], ["5", ""]]);
        assert_eq!(json_array("{\"a\": 1}", 10), None);
        assert_eq!(json_array("[", 10), None);
    }
}
