//! The conditions of statements about repositories.

use stoa_core::Time;

use super::{Ask, Order, Sees};
use crate::Value;
use crate::connect::list_of;

/// A piece of an order's index.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// All of it.
    All,
    /// Row ids from this one on, where they are the order.
    From(i64),
    /// Keys above this one.
    Above(f64),
    /// This key with row ids from this one on.
    Equal(f64, i64),
}

/// Whether someone may see a repository `r`: the condition, whose parameters are added to those of the statement.
pub(crate) fn seen(sees: &Sees, values: &mut Vec<Value>) -> String {
    let Sees::PublicAnd(owners) = sees else { return "1 = 1".to_owned() };
    if owners.is_empty() {
        return "r.private = 0".to_owned();
    }
    let first = values.len();
    values.extend(owners.iter().map(|id| Value::from(*id)));
    format!("(r.private = 0 OR r.owner_id IN ({}))", list_of(first, owners.len()))
}

/// The conditions of a statement about repositories `r`, with their parameters.
pub(super) struct Conditions {
    wheres: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// No condition yet; `$1` is something else's.
    pub(super) fn new(first: Value) -> Self {
        Self { wheres: Vec::new(), values: vec![first] }
    }

    pub(super) fn finish(self) -> (String, Vec<Value>) {
        let wheres = if self.wheres.is_empty() { "1 = 1".to_owned() } else { self.wheres.join(" AND ") };
        (wheres, self.values)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Whether the asker may see it.
    pub(super) fn seen(&mut self, sees: &Sees) {
        if !matches!(sees, Sees::All) {
            let condition = seen(sees, &mut self.values);
            self.wheres.push(condition);
        }
    }

    /// What the index of the order covers.
    pub(super) fn covered(&mut self, ask: &Ask, after: Option<(f64, i64)>) {
        let kind = self.bind(ask.kind.code());
        self.wheres.push(format!("r.kind = {kind}"));
        self.seen(&ask.sees);
        if let Some(owner) = ask.owner {
            let owner = self.bind(owner);
            self.wheres.push(format!("r.owner_id = {owner}"));
        }
        match ask.gated {
            Some(true) => self.wheres.push("r.gated <> 0".to_owned()),
            Some(false) => self.wheres.push("r.gated = 0".to_owned()),
            None => {}
        }
        if let Some(least) = ask.min_params {
            let least = self.bind(least);
            self.wheres.push(format!("r.params >= {least}"));
        }
        if let Some(most) = ask.max_params {
            let most = self.bind(most);
            self.wheres.push(format!("r.params <= {most}"));
        }
        if ask.order == Order::Params {
            self.wheres.push("r.params IS NOT NULL".to_owned());
        }
        if let Some(since) = ask.since.filter(|_| ask.order == Order::Modified) {
            let since = self.bind(since);
            self.wheres.push(format!("r.modified_at >= {since}"));
        }
        match after {
            Some((_, id)) if ask.order == Order::Created => {
                let id = self.bind(id);
                self.wheres.push(format!("r.id < {id}"));
            }
            Some((key, id)) => {
                let (key, id) = (self.key(ask.order, key), self.bind(id));
                self.wheres.push(format!("(r.{}, r.id) < ({key}, {id})", ask.order.column()));
            }
            None => {}
        }
    }

    /// The index holds whole numbers for all but the trending score; compare in the column's own type.
    fn key(&mut self, order: Order, key: f64) -> String {
        if order == Order::Trending { self.bind(key) } else { self.bind(key as i64) }
    }

    pub(super) fn part(&mut self, order: Order, part: Part) {
        let column = order.column();
        let part = match part {
            Part::All => return,
            Part::From(id) => format!("r.id >= {}", self.bind(id)),
            Part::Above(key) => format!("r.{column} > {}", self.key(order, key)),
            Part::Equal(key, id) => {
                format!("r.{column} = {} AND r.id >= {}", self.key(order, key), self.bind(id))
            }
        };
        self.wheres.push(part);
    }

    /// Whether the name contains some texts.
    pub(super) fn names(&mut self, texts: &[String]) {
        for text in texts {
            let text = self.bind(text);
            self.wheres.push(format!("INSTR(r.key, {text}) > 0"));
        }
    }

    /// What is only in rows and in other tables.
    pub(super) fn rows(&mut self, tags: &[i64], since: Option<Time>) {
        if let Some(since) = since {
            let since = self.bind(since);
            self.wheres.push(format!("r.modified_at >= {since}"));
        }
        for tag in tags {
            let tag = self.bind(*tag);
            self.wheres.push(format!(
                "EXISTS (SELECT 1 FROM repo_tags x WHERE x.tag_id = {tag} AND x.repo_id = r.id)"
            ));
        }
    }
}
