//! The mix of list pages that is asked for. One function makes one question of each class.

use std::collections::BTreeMap;

use stoa_core::RepoKind;
use stoa_db::list::{Ask, Order, Sees};

/// Orders with their names.
pub const ORDERS: [(&str, Order); 6] = [
    ("trending", Order::Trending),
    ("downloads", Order::Downloads),
    ("likes", Order::Likes),
    ("created", Order::Created),
    ("modified", Order::Modified),
    ("params", Order::Params),
];

/// Something to ask the database.
#[derive(Clone, Debug)]
pub enum Question {
    /// A page of a list, perhaps with facts.
    List(Ask, bool),
    /// Repo info of the repository with this number.
    Info(usize),
}

/// A page of 100 without filters.
pub fn ask(kind: RepoKind, order: Order) -> Ask {
    Ask {
        kind,
        owner: None,
        tags: Vec::new(),
        search: Vec::new(),
        gated: None,
        min_params: None,
        max_params: None,
        since: None,
        order,
        after: None,
        limit: 100,
        sees: Sees::PublicAnd(Vec::new()),
    }
}

/// Numbers that look random and are the same in every run.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    /// Begins again.
    pub fn seed(&mut self, seed: u64) {
        self.0 = seed;
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Puts things into another order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

/// What questions are made from.
#[derive(Clone)]
pub struct Questions {
    /// Chooses.
    pub dice: Dice,
    /// Tags of models that 2 % or more have, 0.05 to 1 %, and the rest.
    frequent: Vec<String>,
    medium: Vec<String>,
    rare: Vec<String>,
    of_datasets: Vec<String>,
    last: i64,
    deep: BTreeMap<(u32, &'static str), (f64, i64)>,
}

/// Frequent, but hardly ever on the same model.
const APART: &[[&str; 2]] = &[
    ["diffusers", "text-generation"],
    ["gguf", "reinforcement-learning"],
    ["peft", "image-classification"],
    ["stable-baselines3", "endpoints_compatible"],
    ["gguf", "safetensors"],
    ["llama", "text-to-image"],
    ["autotrain_compatible", "deploy:azure"],
    ["bert", "automatic-speech-recognition"],
    ["gguf", "endpoints_compatible"],
    ["reinforcement-learning", "license:apache-2.0"],
];

const FREQUENT_TEXT: &[&str] =
    &["llama", "bert", "qwen", "instruct", "mistral", "gguf", "lab", "base", "chat"];
const MEDIUM_TEXT: &[&str] =
    &["pegasus", "starcoder", "frozenlake", "uncensored", "405b", "vega", "tanaka", "w4a16"];
const RARE_TEXT: &[&str] = &["zyxwv", "123456", "-77777", "quokka", "xylo", "vega-tanaka", "llama-405b"];
const ABSENT_TEXT: &[&str] =
    &["nosuchthing", "instructbert", "basellama", "xqzjk", "bert-bert-bert", "chatinstruct"];
const TWO_CHARACTERS: &[&str] = &["qw", "ai", "7b", "zy", "qz", "xj", "_k", "yx", "q9", "vq"];

impl Questions {
    /// From every tag of models and datasets with its count, the last row id, and the places of deep pages.
    pub fn new(
        tags: [Vec<(String, i64)>; 2],
        last: i64,
        deep: BTreeMap<(u32, &'static str), (f64, i64)>,
    ) -> Self {
        let [models, datasets] = tags;
        let all = models.first().map_or(0, |(_, count)| *count) as f64;
        let between = |low: f64, high: f64| {
            let inside = models.iter().filter(|(_, count)| (low..high).contains(&(*count as f64 / all)));
            inside.map(|(name, _)| name.clone()).collect()
        };
        Self {
            dice: Dice(1),
            frequent: between(0.02, 1.0),
            medium: between(0.0005, 0.01),
            rare: between(0.0, 0.0001),
            of_datasets: datasets.into_iter().take(60).map(|(name, _)| name).collect(),
            last,
            deep,
        }
    }

    fn order(&mut self) -> Order {
        self.dice.one(&ORDERS).1
    }

    fn models(&mut self) -> Ask {
        let order = self.order();
        ask(RepoKind::Model, order)
    }

    fn tagged(&mut self, tags: &[&str]) -> Ask {
        Ask { tags: tags.iter().map(|&tag| tag.to_owned()).collect(), ..self.models() }
    }

    fn searched(&mut self, texts: &[&str]) -> Ask {
        let text = (*self.dice.one(texts)).to_owned();
        Ask { search: vec![text], ..self.models() }
    }

    fn frequent(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.dice.one(&self.frequent).clone()).collect()
    }

    /// One question of each class; `names` is how many repositories are looked up by name.
    pub fn one_of_each(&mut self, names: usize) -> Vec<(&'static str, Question)> {
        let mut all = vec![("repo info", Question::Info(self.dice.below(names)))];
        let mut add = |class, ask| all.push((class, Question::List(ask, false)));
        self.orders(&mut add);
        self.filters(&mut add);
        self.searches(&mut add);
        self.ranges(&mut add);
        let with_facts = ask(RepoKind::Model, self.order());
        all.push(("order only, with facts", Question::List(with_facts, true)));
        all
    }

    fn orders(&mut self, add: &mut impl FnMut(&'static str, Ask)) {
        for (class, (_, order)) in [
            "order trending",
            "order downloads",
            "order likes",
            "order created",
            "order modified",
            "order params",
        ]
        .into_iter()
        .zip(ORDERS)
        {
            add(class, ask(RepoKind::Model, order));
        }
        let order = ORDERS[self.dice.below(5)].1;
        add("order, datasets", ask(RepoKind::Dataset, order));
        for (class, page) in [("page 50", 50), ("page 1000", 1000)] {
            let (name, order) = *self.dice.one(&ORDERS);
            add(class, Ask { after: self.deep.get(&(page, name)).copied(), ..ask(RepoKind::Model, order) });
        }
    }

    fn filters(&mut self, add: &mut impl FnMut(&'static str, Ask)) {
        for (class, count) in
            [("filter frequent", 1), ("filters frequent, two", 2), ("filters frequent, three", 3)]
        {
            let tags = self.frequent(count);
            add(class, Ask { tags, ..self.models() });
        }
        let tag = self.dice.one(&self.medium).clone();
        add("filter medium", Ask { tags: vec![tag.clone()], ..self.models() });
        let mut tags = self.frequent(1);
        tags.push(tag);
        add("filters medium and frequent", Ask { tags, ..self.models() });
        let tag = self.dice.one(&self.rare).clone();
        add("filter rare", Ask { tags: vec![tag], ..self.models() });
        add("filters usual", self.tagged(&["transformers", "text-generation", "safetensors"]));
        add("filters usual, language", self.tagged(&["text-classification", "fr", "license:mit"]));
        let apart = *self.dice.one(APART);
        add("filters apart", self.tagged(&apart));
        let gone = self.tagged(&["autotrain_compatible"]);
        let order = if self.dice.below(2) == 0 { Order::Created } else { Order::Modified };
        add("filter gone, newest first", Ask { order, ..gone });
        let tag = self.dice.one(&self.of_datasets).clone();
        let order = ORDERS[self.dice.below(5)].1;
        add("filter, datasets", Ask { tags: vec![tag], ..ask(RepoKind::Dataset, order) });
    }

    fn searches(&mut self, add: &mut impl FnMut(&'static str, Ask)) {
        add("search frequent", self.searched(FREQUENT_TEXT));
        add("search medium", self.searched(MEDIUM_TEXT));
        add("search rare", self.searched(RARE_TEXT));
        add("search absent", self.searched(ABSENT_TEXT));
        add("search two characters", self.searched(TWO_CHARACTERS));
        let tags = self.frequent(1);
        add("search and filter", Ask { tags, ..self.searched(FREQUENT_TEXT) });
        let (owner, _) = self.owners();
        add("author and search", Ask { owner: Some(owner), ..self.searched(FREQUENT_TEXT) });
        let tags = self.frequent(1);
        add("author and filter", Ask { owner: Some(owner), tags, ..self.models() });
    }

    /// An account with many repositories and one with few.
    fn owners(&mut self) -> (i64, i64) {
        (
            1 + self.dice.below(8) as i64,
            self.last.min(90_000) / 2 + self.dice.below(self.last as usize / 100) as i64,
        )
    }

    fn ranges(&mut self, add: &mut impl FnMut(&'static str, Ask)) {
        let (many, few) = self.owners();
        add("author of many", Ask { owner: Some(many), ..self.models() });
        add("author of few", Ask { owner: Some(few), ..self.models() });
        add("gated", Ask { gated: Some(true), ..self.models() });
        add("not gated", Ask { gated: Some(false), ..self.models() });
        let least = [100_000_000_i64, 1_000_000_000, 6_000_000_000, 60_000_000_000][self.dice.below(4)];
        add(
            "parameters, wide",
            Ask { min_params: Some(least), max_params: Some(least * 10), ..self.models() },
        );
        let least = 8_030_261_248 + self.dice.below(9_000) as i64;
        add(
            "parameters, narrow",
            Ask { min_params: Some(least), max_params: Some(least + 40), ..self.models() },
        );
        let least = [70_000_000_000_i64, 200_000_000_000, 500_000_000_000][self.dice.below(3)];
        add("parameters, largest", Ask { min_params: Some(least), ..self.models() });
        add("parameters, smallest", Ask { max_params: Some(30_000_000), ..self.models() });
    }
}
