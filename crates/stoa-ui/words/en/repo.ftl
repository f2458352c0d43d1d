# The page of a repository: card, facts, code, weights.

repo-side = About this repository
repo-tags = Tags
repo-more-tags = { $count ->
    [one] { $shown } more tag
   *[other] { $shown } more tags
}
repo-more = { $count ->
    [one] { $shown } more
   *[other] { $shown } more
}
repo-and-others = … and others
repo-see-files = All files
repo-see-all = See all
repo-not-here = not on this hub
repo-elsewhere = Not on this hub: { $names }

repo-contents = Contents
repo-card-faults = The card has a mistake that only you see here
repo-card-mend = Edit the card
repo-card-cut = The card is very long: only its beginning is shown.
repo-no-card-title = No card yet
repo-no-card-owner = A card says what this is, what it is good for and how to use it. It also decides under which task, license and language it is found.
repo-no-card-reader = Whoever made this has not described it yet.
repo-no-card-write = Write a card
repo-empty-title = Nothing is here yet
repo-empty-owner = Put files in: in the browser, from a terminal, or with git.
repo-empty-reader = Its owner has not put any files in.
repo-empty-upload = Upload files
repo-empty-terminal = From a terminal
repo-empty-git = With git

repo-at-revision = You see this repository at <code>{ $revision }</code>.
repo-at-main = Go to main
repo-disabled = This repository is switched off: only administrators see it, and nobody else can fetch its files.
repo-newer = There is a newer version of this model:
repo-gate-title = The files are not for everybody.
repo-gate-meaning = You can read about this repository; its files go to those only whom its owner lets in. This hub takes no requests yet.
repo-gate-ask = Ask for access:
repo-gate-open = Access to the files of this repository is restricted, and you have it.
repo-gate-prompt = What the owner says about access
repo-audience-title = Not for all audiences
repo-audience = Whoever made this marked it as unsuitable for some people.
repo-audience-show = Show it

repo-use-model = Use this model
repo-use-dataset = Use this dataset
repo-use-space = Use this Space
repo-use-hint = Each piece of code asks <code>{ $hub }</code>, this hub.
repo-use-secret = This repository is not open to everybody: you need a token.
repo-use-link = Link to this

repo-downloads = Downloads
repo-downloads-month = Downloads, 30 days
repo-downloads-all = All time
repo-downloads-chart = { $count ->
    [one] Downloads of the last { $shown } day
   *[other] Downloads of the last { $shown } days
}
repo-weights = Weights
repo-parameters = parameters
repo-architecture = Architecture
repo-context = Context length
repo-weight-files = Look inside
repo-types = Number types

repo-about = Details
repo-license = License
repo-task = Task
repo-library = Library
repo-sdk = SDK
repo-languages = Languages
repo-papers = Papers
repo-carbon = Carbon
repo-storage = Storage
repo-created = Created
repo-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commits
}
repo-datasets = Trained on
repo-space-datasets = Datasets it uses
repo-space-models = Models it uses

repo-data = Data
repo-rows = Rows
repo-data-size = Size
repo-split = Split
repo-column = Column
repo-column-type = Type

repo-tree = Model tree
repo-this-model = this model
repo-adapter-of = Adapter of
repo-finetune-of = Fine-tuned from
repo-merge-of = Merged from
repo-quantized-from = Quantized from
repo-adapters = Adapters
repo-finetunes = Fine-tuned models
repo-merges = Merges
repo-quantizations = Quantizations
repo-trained = Models trained on this
repo-spaces = Spaces that use this

repo-evaluation = Evaluation
repo-evaluation-source = Reported by the card; this hub did not measure it.
repo-evaluation-cut = The card has more results than are shown here.
repo-more-results = { $count ->
    [one] { $shown } more result
   *[other] { $shown } more results
}
repo-result-dataset = Dataset
repo-result-metric = Metric
repo-result-value = Value

repo-space-idle = Spaces do not run on this hub yet.
repo-space-idle-hint = Here are its files; “Use this Space” says how to run it on your own machine.

repo-absent-community = Discussions and pull requests are not on this hub yet. Commit to a branch instead, and talk where you talk.
repo-absent-viewer = Rows of datasets cannot be looked at in the browser yet. load_dataset, pandas, Polars and DuckDB read them from this hub.
repo-absent-back = Back to the repository

repo-tensors = Tensors
repo-tensors-all = All tensors
repo-tensors-branch = Where you are among the tensors
repo-tensors-count = Tensors
repo-tensors-size = Size
repo-tensors-in = { $count ->
    [one] { $shown } tensor
   *[other] { $shown } tensors
}
repo-tensors-file = File
repo-tensors-download = Download
repo-tensors-cut = There are more tensors than a page can show. The sums are of those that are shown.
repo-tensors-other = Only safetensors files, indexes of them and GGUF files can be looked into
repo-tensors-no-branch = No tensor of this file has such a name
repo-map = Where the bytes are
repo-roles = What they do
repo-role-attention = Attention
repo-role-feed = Feed-forward
repo-role-embedding = Embeddings
repo-role-norm = Normalization
repo-role-head = Head
repo-role-other = Other
repo-metadata = Metadata
repo-metadata-key = Key
repo-metadata-long = Show the whole text
