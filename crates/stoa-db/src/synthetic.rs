//! A synthetic catalogue the size of the public Hub, for measurements. Only for SQLite, and only for `bench/`.
//!
//! Rows are made where they are stored, by `INSERT … SELECT` over a counter: what is random about a row are the
//! digits of a product, and skewed vocabularies are looked up (`draw.rs`). The same size gives the same catalogue.
//! The journal is off while rows are made, so a run that breaks off leaves a file to be thrown away.

mod draw;
mod words;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use stoa_core::Time;

use crate::objects::{CommitRow, Object};
use crate::value::{Value, args};
use crate::{Config, Db, Error, list, search};
use draw::{List, Lists};

/// How large the catalogue is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Models.
    pub models: u64,
    /// Datasets.
    pub datasets: u64,
    /// Users and organizations; every tenth is an organization.
    pub accounts: u64,
}

impl Size {
    /// The public Hub's.
    pub const HUB: Self = Self { models: 2_500_000, datasets: 700_000, accounts: 100_000 };
    /// A fiftieth of it.
    pub const QUICK: Self = Self { models: 50_000, datasets: 10_000, accounts: 2_000 };

    fn repos(self) -> u64 {
        self.models + self.datasets
    }
}

/// What every repository holds: one commit on `main`.
pub struct Content {
    /// The commit.
    pub commit: CommitRow,
    /// The commit's object, its tree and the blobs.
    pub objects: Vec<Object>,
}

/// The user who is a member of five organizations.
pub const MEMBER: &str = "bench";

/// Fills an empty database. `say` is told what is done, step by step.
pub async fn fill(
    config: &Config,
    size: Size,
    content: &Content,
    now: Time,
    say: &mut (dyn FnMut(&str) + Send),
) -> Result<(), Error> {
    Db::open(config).await?.close().await;
    let connection = SqliteConnectOptions::new()
        .filename(&config.path)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-600000")
        .pragma("threads", "1")
        .pragma("temp_store", "file")
        .pragma("temp.cache_size", "-600000")
        .disable_statement_logging()
        .connect()
        .await?;
    let mut seed = Seed { connection, size, now };
    if seed.number("SELECT COUNT(*) FROM repos").await? > 0 {
        return Err(Error::Setup("The database is not empty; a synthetic catalogue needs a new one".into()));
    }
    let lists = Lists::new(size.accounts);
    say("vocabulary");
    seed.vocabulary(&lists).await?;
    say("accounts");
    seed.accounts().await?;
    say("drafts");
    seed.drafts(&lists).await?;
    say("repositories");
    seed.repos().await?;
    say("tags of repositories");
    seed.repo_tags().await?;
    say("facts");
    seed.facts().await?;
    say("git objects");
    seed.git(content).await?;
    say("search index");
    seed.run("INSERT INTO repo_names (rowid, key) SELECT id, key FROM repos NOT INDEXED", vec![]).await?;
    seed.run(search::names_only(), vec![]).await?;
    seed.run("PRAGMA journal_mode = WAL", vec![]).await?;
    seed.connection.close().await?;
    say("blocks of frequent tags");
    prepare(config).await
}

/// Does what the hub's maintenance does for lists now and then.
pub async fn prepare(config: &Config) -> Result<(), Error> {
    let db = Db::open(config).await?;
    loop {
        let mut tx = db.write().await?;
        let done = list::prepare(&mut tx, 2_000).await?;
        tx.commit().await?;
        if done == 0 {
            db.close().await;
            return Ok(());
        }
    }
}

struct Seed {
    connection: SqliteConnection,
    size: Size,
    now: Time,
}

/// Tags a repository has at most.
const TAGS: usize = 14;

impl Seed {
    async fn run(&mut self, sql: impl Into<String>, values: Vec<Value>) -> Result<(), Error> {
        let mut query = sqlx::query(AssertSqlSafe(sql.into()));
        for value in values {
            query = match value {
                Value::Null => query.bind(None::<i64>),
                Value::Int(value) => query.bind(value),
                Value::Real(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Blob(value) => query.bind(value),
            };
        }
        query.execute(&mut self.connection).await?;
        Ok(())
    }

    async fn number(&mut self, sql: &'static str) -> Result<i64, Error> {
        Ok(sqlx::query(sql).fetch_one(&mut self.connection).await?.try_get(0)?)
    }

    /// Runs `fill` between dropping the indexes of a table and making them again: sorting once is faster than keeping
    /// them in order.
    async fn without_indexes(&mut self, table: &str) -> Result<Vec<String>, Error> {
        let sql =
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL";
        let rows = sqlx::query(sql).bind(table).fetch_all(&mut self.connection).await?;
        let mut again = Vec::with_capacity(rows.len());
        for row in rows {
            again.push(row.try_get(1)?);
            self.run(format!("DROP INDEX {}", row.try_get::<String, _>(0)?), vec![]).await?;
        }
        Ok(again)
    }

    async fn vocabulary(&mut self, lists: &Lists) -> Result<(), Error> {
        self.run("CREATE TEMP TABLE pick (id INTEGER PRIMARY KEY, value BIGINT)", vec![]).await?;
        self.run("CREATE TEMP TABLE word (id INTEGER PRIMARY KEY, value TEXT)", vec![]).await?;
        let insert = |table| format!("INSERT INTO temp.{table} SELECT $1 + key, value FROM json_each($2)");
        for (list, values) in &lists.numbers {
            self.json(&insert("pick"), *list as i64 * draw::LONG as i64, values).await?;
        }
        for (list, values) in &lists.words {
            self.json(&insert("word"), *list as i64 * draw::LONG as i64, values).await?;
        }
        let insert = "INSERT INTO tags (id, kind, name, count) \
                      SELECT $1 + key + 1, value->>0, value->>1, 0 FROM json_each($2)";
        self.json(insert, 0, &lists.tags.names).await
    }

    /// Inserts a long list in parts; `$1` is the number of values before the part.
    async fn json<T: serde::Serialize>(&mut self, sql: &str, first: i64, values: &[T]) -> Result<(), Error> {
        for (part, values) in values.chunks(50_000).enumerate() {
            let text = serde_json::to_string(values).map_err(|e| Error::Malformed(e.to_string()))?;
            self.run(sql, args![first + part as i64 * 50_000, text]).await?;
        }
        Ok(())
    }

    async fn accounts(&mut self) -> Result<(), Error> {
        let words = |words: &[&str]| serde_json::to_string(words).unwrap_or_default();
        let (names, endings) = (words::ACCOUNTS.len() as i64, words::ENDINGS.len() as i64);
        self.run(
            format!(
                "INSERT INTO accounts (id, key, name, is_org, fullname, email, details, password, is_admin, \
                 default_private, disabled, created_at) \
                 WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1), \
                 a AS MATERIALIZED (SELECT key, value FROM json_each($2)), \
                 b AS MATERIALIZED (SELECT key, value FROM json_each($3)) \
                 SELECT i, a.value || '-' || b.value || n, a.value || '-' || b.value || n, i % 10 = 0, \
                   a.value || ' ' || b.value, NULL, NULL, NULL, 0, 0, 0, $4 - 126144000000000 FROM \
                   (SELECT i, CASE WHEN i < {most} THEN '' ELSE CAST(i AS TEXT) END AS n FROM c) \
                   JOIN a ON a.key = i % {names} JOIN b ON b.key = (i * 37 + i / {names}) % {endings}",
                most = names * endings,
            ),
            args![self.size.accounts as i64, words(words::ACCOUNTS), words(words::ENDINGS), self.now],
        )
        .await?;
        self.run(
            "INSERT INTO accounts (key, name, is_org, fullname, is_admin, default_private, disabled, created_at) \
             VALUES ($1, $1, 0, 'Member of five', 0, 0, 0, $2)",
            args![MEMBER, self.now],
        )
        .await?;
        // Organizations with many, some and few repositories.
        self.run(
            "INSERT INTO members (org_id, user_id, role, created_at) \
             SELECT o.value, a.id, 3, a.created_at FROM accounts a, json_each('[10, 50, 100, 500, 1000]') o \
             WHERE a.key = $1",
            args![MEMBER],
        )
        .await?;
        self.run(
            "INSERT INTO members (org_id, user_id, role, created_at) \
             SELECT (id * 7919 % ($1 / 10) + 1) * 10, id, 2, created_at FROM accounts WHERE is_org = 0 AND key <> $2",
            args![self.size.accounts as i64, MEMBER],
        )
        .await
    }

    /// One narrow row for each repository: who owns it, its name, its tags and some random numbers for the rest.
    async fn drafts(&mut self, lists: &Lists) -> Result<(), Error> {
        let columns: Vec<String> = (0..TAGS).map(|i| format!("t{i} BIGINT")).collect();
        self.run(
            format!(
                "CREATE TEMP TABLE draft (id INTEGER PRIMARY KEY, kind BIGINT, owner BIGINT, slot BIGINT, name TEXT, \
                 x BIGINT, y BIGINT, z BIGINT, {})",
                columns.join(", ")
            ),
            vec![],
        )
        .await?;
        // Datasets stand evenly among the models. `x`, `y`, `z`, `u`, `v`: 31 random bits each.
        let numbers = "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1), \
             c0 AS (SELECT i, i * $2 / $1 <> (i - 1) * $2 / $1 AS kind, i * 2654435761 % 4294967291 AS s FROM c), \
             c1 AS (SELECT *, (s * 69621 + i) % 2147483647 AS x FROM c0), \
             c2 AS (SELECT *, (x * 48271 + i * 7) % 2147483647 AS y FROM c1), \
             c3 AS (SELECT *, (y * 69621 + i * 13) % 2147483647 AS z FROM c2), \
             c4 AS (SELECT *, (z * 48271 + i * 29) % 2147483647 AS u FROM c3), \
             c5 AS (SELECT *, (u * 69621 + i * 31) % 2147483647 AS v FROM c4)";
        for (kind, name, tags) in
            [(0, model_name(), model_tags(&lists.special)), (1, dataset_name(), dataset_tags(&lists.special))]
        {
            self.run(
                format!(
                    "INSERT INTO temp.draft {numbers} SELECT i, {kind}, {owner}, s & 65535, {name}, x, y, z, {tags} \
                     FROM c5 WHERE kind = {kind}",
                    owner = List::Owner.draw("z >> 4"),
                    tags = tags.join(", "),
                ),
                args![self.size.repos() as i64, self.size.datasets as i64],
            )
            .await?;
        }
        Ok(())
    }

    async fn repos(&mut self) -> Result<(), Error> {
        let again = self.without_indexes("repos").await?;
        // Half of all are never downloaded; of the others, one in ten is downloaded ten times as often.
        self.run(
            format!(
                "INSERT INTO repos (id, kind, owner_id, key, full_name, private, gated, disabled, created_by, \
                 created_at, modified_at, head, downloads, downloads_all, likes, trending, params, storage, \
                 pipeline_tag, library, sdk) \
                 WITH d0 AS (SELECT d.*, \
                     a.name || '/' || CASE WHEN z % 3 = 0 THEN UPPER(SUBSTR(d.name, 1, 1)) || SUBSTR(d.name, 2) \
                       ELSE d.name END AS full, \
                     $1 - 126144000000000 + CAST(d.id * 126100000000000.0 / $2 AS BIGINT) AS made, \
                     CASE WHEN y % 2 = 0 OR kind = 1 AND y % 5 < 3 THEN 0 ELSE MAX(0, CAST(0.08 * 16777216 / \
                       ((z & 16777215) + 1) * CASE kind WHEN 0 THEN {fame} ELSE 40 END AS BIGINT) - 5) END AS loads \
                   FROM temp.draft d CROSS JOIN accounts a ON a.id = d.owner) \
                 SELECT id, kind, owner, LOWER(full), full, y % 50 = 7, \
                   CASE WHEN z % 100 = 11 THEN 1 + z / 100 % 2 ELSE 0 END, 0, owner, made, \
                   made + CAST((x % 1000) * (x % 1000) * (x % 1000) * 1e-9 * ($1 - made) AS BIGINT), \
                   NULL, loads, loads * (2 + x % 20), \
                   CASE WHEN loads = 0 THEN x % 40 = 0 ELSE loads / (20 + x % 900) + (x % 11 = 0) END, \
                   CASE WHEN loads > 100 AND z % 3 > 0 THEN ROUND(loads * (x % 977 / 977.0) / 30, 4) \
                     WHEN x % 50 = 0 THEN (x % 700) / 10.0 ELSE 0.0 END, \
                   CASE WHEN kind = 0 THEN {params} + x % 9999 END, 0, {task}, {library}, NULL FROM d0",
                fame = List::Fame.draw("slot"),
                params = List::Params.draw("slot"),
                task = of_model("t3"),
                library = of_model("t0"),
            ),
            args![self.now, self.size.repos() as i64],
        )
        .await?;
        for sql in again {
            self.run(sql, vec![]).await?;
        }
        Ok(())
    }

    async fn repo_tags(&mut self) -> Result<(), Error> {
        let again = self.without_indexes("repo_tags").await?;
        for i in 0..TAGS {
            self.run(
                format!(
                    "INSERT INTO repo_tags (tag_id, repo_id) SELECT t{i}, id FROM temp.draft WHERE t{i} IS NOT NULL"
                ),
                vec![],
            )
            .await?;
        }
        for sql in again {
            self.run(sql, vec![]).await?;
        }
        let sql = "UPDATE tags SET count = (SELECT COUNT(*) FROM repo_tags t WHERE t.tag_id = tags.id)";
        self.run(sql, vec![]).await?;
        self.run("DELETE FROM tags WHERE count = 0", vec![]).await
    }

    async fn facts(&mut self) -> Result<(), Error> {
        let tags: Vec<String> = (0..TAGS)
            .map(|i| format!("COALESCE(',\"' || (SELECT name FROM tags WHERE id = d.t{i}) || '\"', '')"))
            .collect();
        // About as long as what a commit of a small model says, and of the same shape.
        self.run(
            format!(
                "INSERT INTO repo_facts (repo_id, tags, facts) \
                 SELECT d.id, '[' || SUBSTR({tags}, 2) || ']', CASE kind WHEN 0 THEN \
                   '{{\"cardData\":{{\"license\":\"apache-2.0\",\"language\":[\"en\"],\"pipeline_tag\":\"text-generation\",\
\"library_name\":\"transformers\",\"tags\":[\"generated_from_trainer\",\"sft\"],\"datasets\":[\"org-1/data-1\"],\
\"base_model\":\"org-1/model-1\"}},\"config\":{{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\",\
\"tokenizer_config\":{{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\",\"pad_token\":\"</s>\",\"unk_token\":\"<unk>\"}}}},\
\"transformersInfo\":{{\"auto_model\":\"AutoModelForCausalLM\",\"pipeline_tag\":\"text-generation\",\
\"processor\":\"AutoTokenizer\"}},\"safetensors\":{{\"parameters\":{{\"BF16\":' || (x + 1) || '}},\"total\":' || (x + 1) || '}}}}' \
                 ELSE \
                   '{{\"cardData\":{{\"license\":\"mit\",\"language\":[\"en\"],\"task_categories\":[\"question-answering\"],\
\"size_categories\":[\"1K<n<10K\"],\"pretty_name\":\"Data ' || d.id || '\",\"configs\":[{{\"config_name\":\"default\",\
\"data_files\":[{{\"split\":\"train\",\"path\":\"data/train-*\"}}]}}],\"dataset_info\":{{\"features\":[{{\"name\":\"text\",\
\"dtype\":\"string\"}},{{\"name\":\"label\",\"dtype\":\"int64\"}}],\"download_size\":' || x || '}}}},\
\"description\":\"Rows of text with a label, gathered for a measurement.\"}}' END \
                 FROM temp.draft d",
                tags = tags.join(" || "),
            ),
            vec![],
        )
        .await
    }

    /// Every repository holds the same objects, each in its own rows, as the schema has it.
    async fn git(&mut self, content: &Content) -> Result<(), Error> {
        let commit = &content.commit;
        self.run(
            "INSERT INTO refs (repo_id, name, oid, target, updated_at) \
             SELECT id, 'refs/heads/main', $1, $1, $2 FROM temp.draft",
            args![commit.oid, self.now],
        )
        .await?;
        self.run(
            "INSERT INTO commits (repo_id, oid, tree, generation, at, author, title, body) \
             SELECT id, $1, $2, $3, $4, $5, $6, $7 FROM temp.draft",
            args![
                commit.oid,
                commit.tree,
                commit.generation,
                commit.at,
                &commit.author,
                &commit.title,
                &commit.body
            ],
        )
        .await?;
        self.run("UPDATE repos SET head = $1", args![commit.oid]).await?;
        self.run("CREATE TEMP TABLE piece (oid BLOB, kind BIGINT, size BIGINT, data BLOB, lfs_oid BLOB, lfs_size BIGINT)", vec![])
            .await?;
        let mut objects: Vec<&Object> = content.objects.iter().collect();
        objects.sort_by_key(|object| object.oid);
        for object in objects {
            let (lfs, lfs_size) =
                object.lfs.map_or((None, None), |(oid, size)| (Some(oid), Some(size as i64)));
            let row =
                args![object.oid, object.kind, object.size as i64, object.data.as_deref(), lfs, lfs_size];
            self.run("INSERT INTO temp.piece VALUES ($1, $2, $3, $4, $5, $6)", row).await?;
        }
        self.run(
            "INSERT INTO objects (repo_id, oid, kind, size, data, lfs_oid, lfs_size) \
             SELECT d.id, p.* FROM temp.draft d CROSS JOIN temp.piece p",
            vec![],
        )
        .await?;
        self.run(
            "INSERT INTO lfs_objects (oid, size, created_at) \
             SELECT DISTINCT lfs_oid, lfs_size, $1 FROM temp.piece WHERE lfs_oid IS NOT NULL",
            args![self.now],
        )
        .await?;
        self.run(
            "INSERT INTO repo_lfs (repo_id, oid, size, filename, pushed_at) \
             SELECT d.id, p.lfs_oid, p.lfs_size, 'model.safetensors', $1 FROM temp.draft d CROSS JOIN temp.piece p \
             WHERE p.lfs_oid IS NOT NULL",
            args![self.now],
        )
        .await
    }
}

/// The name of a tag that only models show as a column of their own.
fn of_model(column: &str) -> String {
    format!("CASE WHEN kind = 0 THEN (SELECT name FROM tags WHERE id = {column}) END")
}

/// `llama-8b-instruct-awq-123456`.
fn model_name() -> String {
    format!(
        "{} || COALESCE('-' || NULLIF({}, ''), '') || '-' || {} || COALESCE('-' || NULLIF({}, ''), '') || '-' || i",
        List::Family.draw("s"),
        List::SizeWord.draw("s"),
        List::Variant.draw("u >> 3"),
        List::Packing.draw("v >> 5"),
    )
}

/// `squad-en-123456`.
fn dataset_name() -> String {
    format!("{} || '-' || {} || '-' || i", List::Subject.draw("u >> 5"), List::Variant.draw("v >> 3"))
}

/// A tag for so many of a hundred repositories; `dice` is an expression with random bits.
fn sometimes(percent: u32, dice: &str, tag: &str) -> String {
    format!("CASE WHEN ({dice}) % 100 < {percent} THEN {tag} END")
}

fn model_tags(special: &[i64; 6]) -> [String; TAGS] {
    let [transformers, endpoints, autotrain, azure, region, _] = special;
    let library = List::Library.draw("s");
    let task = List::Task.draw("s");
    let any_task = List::Task.draw("v >> 7");
    let misc = List::ModelMisc.draw("x >> 9");
    [
        library.clone(),
        List::Format.draw("s"),
        List::Type.draw("s"),
        // One in 61 is for something that its library is not known for.
        format!("CASE WHEN x % 61 = 0 THEN {any_task} ELSE {task} END"),
        sometimes(72, "u / 7", &List::License.draw("u >> 11")),
        sometimes(55, "v / 11", &List::Language.draw("z >> 7")),
        sometimes(18, "x / 13", &List::Dataset.draw("y >> 3")),
        sometimes(45, "y / 17", &List::BaseModel.draw("u >> 5")),
        sometimes(14, "z / 19", &List::Arxiv.draw("v >> 2")),
        sometimes(75, "u / 23", &misc),
        format!("CASE WHEN v % 3 = 0 THEN NULLIF({}, {misc}) END", List::ModelMisc.draw("y >> 13")),
        format!("CASE WHEN {library} = {transformers} AND y % 7 > 0 THEN {endpoints} END"),
        // Tags come into use and go out of it.
        format!(
            "CASE WHEN i * 2 < $1 AND {library} = {transformers} AND z % 5 > 0 THEN {autotrain} \
             WHEN i * 5 > $1 * 4 AND z % 5 < 2 THEN {azure} END"
        ),
        region.to_string(),
    ]
}

fn dataset_tags(special: &[i64; 6]) -> [String; TAGS] {
    let language = List::DataLanguage.draw("z >> 7");
    let modality = List::DataModality.draw("y >> 4");
    let reader = List::DataReader.draw("u >> 2");
    [
        sometimes(50, "x / 7", &List::DataTask.draw("x >> 9")),
        sometimes(60, "u / 7", &List::DataLicense.draw("u >> 11")),
        sometimes(60, "v / 11", &language),
        format!("CASE WHEN v % 10 = 0 THEN NULLIF({}, {language}) END", List::DataLanguage.draw("x >> 5")),
        sometimes(85, "y / 13", &List::DataSize.draw("v >> 6")),
        sometimes(80, "z / 17", &List::DataFormat.draw("x >> 3")),
        modality.clone(),
        format!("CASE WHEN x % 3 = 0 THEN NULLIF({}, {modality}) END", List::DataModality.draw("z >> 3")),
        reader.clone(),
        format!("NULLIF({}, {reader})", List::DataReader.draw("z >> 9")),
        sometimes(10, "z / 19", &List::DataArxiv.draw("v >> 2")),
        sometimes(50, "u / 23", &List::DataMisc.draw("y >> 11")),
        "NULL".to_owned(),
        special[5].to_string(),
    ]
}
