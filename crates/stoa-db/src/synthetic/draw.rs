//! What a synthetic catalogue draws from: numbered lists in which frequent things stand often.
//!
//! SQLite draws by looking up `list << 20 | some bits of a hash`, which is one step in a table with an integer key.

use super::words::{
    DATASET_MISC, FAMILIES, FORMATS, LANGUAGES, LIBRARIES, LICENSES, MODALITIES, MODEL_MISC, PROFILES,
    Profile, READERS, SIZE_CATEGORIES, SIZES, TASKS,
};

/// Places of a short list.
pub(super) const SHORT: u64 = 1 << 16;
/// Places of a long list, and the distance between lists.
pub(super) const LONG: u64 = 1 << 20;

/// Which list.
#[derive(Clone, Copy)]
pub(super) enum List {
    Library,
    Task,
    Format,
    Type,
    Fame,
    Family,
    License,
    Language,
    Dataset,
    BaseModel,
    Arxiv,
    ModelMisc,
    Owner,
    Params,
    SizeWord,
    Variant,
    Packing,
    Subject,
    DataTask,
    DataLicense,
    DataLanguage,
    DataSize,
    DataFormat,
    DataModality,
    DataReader,
    DataArxiv,
    DataMisc,
}

impl List {
    /// The SQL that draws from the list; `bits` is an expression with many random bits.
    pub(super) fn draw(self, bits: &str) -> String {
        let mask = if self.is_long() { LONG - 1 } else { SHORT - 1 };
        let table = if self.is_text() { "word" } else { "pick" };
        let start = self as u64 * LONG;
        format!("(SELECT value FROM temp.{table} WHERE id = {start} + (({bits}) & {mask}))")
    }

    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Family | Self::SizeWord | Self::Variant | Self::Packing | Self::Subject)
    }

    fn is_long(self) -> bool {
        matches!(self, Self::Dataset | Self::BaseModel | Self::Arxiv | Self::Owner | Self::DataArxiv)
    }
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Weights by which places are filled.
struct Weights(Vec<f64>);

impl Weights {
    /// The n-th is 1/n as frequent as the first; `even` of the whole is shared alike, so that the tail is seen too.
    fn zipf(count: usize, even: f64) -> Self {
        let harmonic: f64 = (1..=count).map(|rank| 1.0 / rank as f64).sum();
        Self::sums(
            (1..=count).map(|rank| even / count as f64 + (1.0 - even) / (rank as f64 * harmonic)).collect(),
        )
    }

    fn sums(mut weights: Vec<f64>) -> Self {
        let mut sum = 0.0;
        for weight in &mut weights {
            sum += *weight;
            *weight = sum;
        }
        Self(weights)
    }

    fn draw(&self, dice: &mut Dice) -> usize {
        let at = dice.fraction() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|sum| *sum <= at).min(self.0.len().saturating_sub(1))
    }
}

/// Every tag of the catalogue; a tag's row id is its place + 1.
pub(super) struct Tags {
    /// Kind of repository and name.
    pub(super) names: Vec<(i64, String)>,
}

impl Tags {
    fn add<S: Into<String>>(&mut self, kind: i64, names: impl IntoIterator<Item = S>) -> Vec<i64> {
        let first = self.names.len();
        self.names.extend(names.into_iter().map(|name| (kind, name.into())));
        (first..self.names.len()).map(|at| at as i64 + 1).collect()
    }

    /// The row id of a tag of models, added when it is new. Only for the few that profiles name.
    fn known(&mut self, name: &str) -> i64 {
        match self.names.iter().position(|(kind, known)| *kind == 0 && known == name) {
            Some(at) => at as i64 + 1,
            None => self.add(0, [name])[0],
        }
    }
}

/// The lists, filled: for each place a number (`None`: nothing) or a word.
pub(super) struct Lists {
    pub(super) tags: Tags,
    pub(super) numbers: Vec<(List, Vec<Option<i64>>)>,
    pub(super) words: Vec<(List, Vec<&'static str>)>,
    /// Row ids of `transformers`, `endpoints_compatible`, `autotrain_compatible` and `deploy:azure`, and of
    /// `region:us` of models and of datasets.
    pub(super) special: [i64; 6],
}

impl Lists {
    pub(super) fn new(accounts: u64) -> Self {
        let mut all = Self {
            tags: Tags { names: Vec::new() },
            numbers: Vec::new(),
            words: Vec::new(),
            special: [0; 6],
        };
        let mut dice = Dice::new(0x0057_0a00);
        all.profiles(&mut dice);
        all.tags_of_models(&mut dice);
        all.tags_of_datasets(&mut dice);
        let owners: Vec<i64> = (1..=accounts.max(1) as i64).collect();
        all.numbers(List::Owner, &owners, 0.3, &mut dice);
        all
    }

    fn numbers(&mut self, list: List, values: &[i64], even: f64, dice: &mut Dice) {
        let weights = Weights::zipf(values.len(), even);
        let places = if list.is_long() { LONG } else { SHORT };
        let filled = (0..places).map(|_| values.get(weights.draw(dice)).copied()).collect();
        self.numbers.push((list, filled));
    }

    fn words(&mut self, list: List, values: &[&'static str], even: f64, dice: &mut Dice) {
        let weights = Weights::zipf(values.len(), even);
        let filled = (0..SHORT).map(|_| values[weights.draw(dice)]).collect();
        self.words.push((list, filled));
    }

    /// Library, task, format, architecture and fame of models hang together, so their lists are filled together.
    fn profiles(&mut self, dice: &mut Dice) {
        let named: f64 = PROFILES.iter().map(|profile| f64::from(profile.share)).sum();
        let rest = (10_000.0 - named).max(0.0);
        let mut shares: Vec<f64> = PROFILES.iter().map(|profile| f64::from(profile.share)).collect();
        shares.extend([rest * 0.5, rest * 0.5]); // rare libraries; nothing said at all
        let shares = Weights::sums(shares);
        let rare = Weights::zipf(LIBRARIES.len(), 0.1);
        let any_task = Weights::zipf(TASKS.len(), 0.2);
        let families = Weights::zipf(FAMILIES.len(), 0.05);
        let sizes = Weights::zipf(SIZES.len(), 0.1);
        let lists =
            [List::Library, List::Task, List::Format, List::Type, List::Fame, List::Params].map(|list| {
                self.numbers.push((list, Vec::new()));
                self.numbers.len() - 1
            });
        let (mut family, mut size) = (Vec::new(), Vec::new());
        for _ in 0..SHORT {
            let at = shares.draw(dice);
            let rare_one = Profile { share: 0, library: "", tasks: &[], formats: &[], types: &[], fame: 20 };
            let profile = PROFILES.get(at).unwrap_or(&rare_one);
            let library = if at == PROFILES.len() { LIBRARIES[rare.draw(dice)] } else { profile.library };
            let task =
                if at == PROFILES.len() { TASKS[any_task.draw(dice)] } else { one(profile.tasks, dice) };
            let kind = one(profile.types, dice);
            let (word, params) = SIZES[sizes.draw(dice)];
            let known = dice.next() % 10 < 8 && params > 0;
            let mut tag = |name: &str| (!name.is_empty()).then(|| self.tags.known(name));
            let values = [
                tag(library),
                tag(task),
                tag(one(profile.formats, dice)),
                tag(kind),
                Some(profile.fame),
                known.then_some(params),
            ];
            for (list, value) in lists.into_iter().zip(values) {
                self.numbers[list].1.push(value);
            }
            let kind_in_name = !kind.is_empty() && !dice.next().is_multiple_of(8);
            family.push(if kind_in_name { kind } else { FAMILIES[families.draw(dice)] });
            size.push(word);
        }
        self.words.extend([(List::Family, family), (List::SizeWord, size)]);
        self.words(List::Variant, super::words::VARIANTS, 0.1, dice);
        self.words(List::Packing, super::words::PACKINGS, 0.05, dice);
        self.words(List::Subject, super::words::SUBJECTS, 0.2, dice);
    }

    fn tags_of_models(&mut self, dice: &mut Dice) {
        self.special =
            ["transformers", "endpoints_compatible", "autotrain_compatible", "deploy:azure", "region:us"]
                .map(|name| self.tags.known(name))
                .iter()
                .copied()
                .chain([0])
                .collect::<Vec<_>>()
                .try_into()
                .expect("five and one make six");
        let licenses = self.tags.add(0, words(LICENSES).map(|word| format!("license:{word}")));
        self.numbers(List::License, &licenses, 0.02, dice);
        let languages = self.tags.add(0, words(LANGUAGES));
        self.numbers(List::Language, &languages, 0.02, dice);
        let datasets = self.tags.add(0, (0..20_000).map(|i| format!("dataset:org-{}/data-{i}", i % 997)));
        self.numbers(List::Dataset, &datasets, 0.4, dice);
        let bases = self.tags.add(0, (0..200_000).map(|i| format!("base_model:org-{}/model-{i}", i % 997)));
        self.numbers(List::BaseModel, &bases, 0.5, dice);
        let papers = self.tags.add(0, (0..30_000).map(paper));
        self.numbers(List::Arxiv, &papers, 0.4, dice);
        let mut misc: Vec<i64> = MODEL_MISC.iter().map(|name| self.tags.known(name)).collect();
        misc.extend(self.tags.add(0, (0..5_000).map(|i| format!("user-tag-{i}"))));
        self.numbers(List::ModelMisc, &misc, 0.1, dice);
    }

    fn tags_of_datasets(&mut self, dice: &mut Dice) {
        self.special[5] = self.tags.add(1, ["region:us"])[0];
        let tasks = self.tags.add(1, TASKS.iter().map(|task| format!("task_categories:{task}")));
        self.numbers(List::DataTask, &tasks, 0.05, dice);
        let licenses = self.tags.add(1, words(LICENSES).map(|word| format!("license:{word}")));
        self.numbers(List::DataLicense, &licenses, 0.02, dice);
        let languages = self.tags.add(1, words(LANGUAGES).map(|word| format!("language:{word}")));
        self.numbers(List::DataLanguage, &languages, 0.02, dice);
        for (list, names) in [
            (List::DataSize, SIZE_CATEGORIES),
            (List::DataFormat, FORMATS),
            (List::DataModality, MODALITIES),
            (List::DataReader, READERS),
        ] {
            let ids = self.tags.add(1, names.iter().copied());
            self.numbers(list, &ids, 0.0, dice);
        }
        let papers = self.tags.add(1, (0..30_000).map(paper));
        self.numbers(List::DataArxiv, &papers, 0.4, dice);
        let mut misc = self.tags.add(1, DATASET_MISC.iter().copied());
        misc.extend(self.tags.add(1, (0..5_000).map(|i| format!("user-tag-{i}"))));
        self.numbers(List::DataMisc, &misc, 0.1, dice);
    }
}

fn words(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split_ascii_whitespace()
}

fn one(values: &[&'static str], dice: &mut Dice) -> &'static str {
    if values.is_empty() {
        return "";
    }
    values[Weights::zipf(values.len(), 0.0).draw(dice)]
}

fn paper(i: u32) -> String {
    format!("arxiv:{:02}{:02}.{:05}", 16 + i / 3_000, 1 + i % 12, i % 3_000 * 7)
}
