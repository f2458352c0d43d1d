# What stands on every page, and how amounts and dates are said.

skip-to-content = Skip to the content
nav-main = Main
nav-models = Models
nav-datasets = Datasets
nav-spaces = Spaces
nav-docs = Docs
nav-search = Search models, datasets, people
nav-search-button = Search
nav-sign-in = Sign in
nav-account = Your account
nav-profile = Your page
nav-settings = Settings
nav-new-model = New model
nav-new-dataset = New dataset
nav-new-space = New Space
nav-new-organization = New organization
nav-admin = Administration
nav-sign-out = Sign out
nav-preferences = Language and theme

footer-about = stoa, an open AI hub
footer-api = API reference

copy = Copy
copied = Copied
next-page = Next page
previous-page = Previous page
save = Save

size-bytes = { $count ->
    [one] { $shown } byte
   *[other] { $shown } bytes
}

ago-now = just now
ago-minutes = { $count ->
    [one] { $shown } minute ago
   *[other] { $shown } minutes ago
}
ago-hours = { $count ->
    [one] { $shown } hour ago
   *[other] { $shown } hours ago
}
ago-days = { $count ->
    [one] { $shown } day ago
   *[other] { $shown } days ago
}
ago-months = { $count ->
    [one] { $shown } month ago
   *[other] { $shown } months ago
}
ago-years = { $count ->
    [one] { $shown } year ago
   *[other] { $shown } years ago
}

month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December

chart-table = Show as a table
chart-day = Day
chart-value = Value
chart-name = Name
chart-share = Share

problem-title = Something went wrong
problem-400 = This request cannot be understood
problem-401 = Sign in to see this
problem-403 = You may not do this
problem-404 = There is nothing here
problem-409 = This is in the way
problem-412 = Somebody was faster
problem-413 = This is too large
problem-429 = Too many requests
problem-500 = stoa failed
problem-501 = Not on this hub yet
problem-503 = Not available right now
problem-404-hint = The address may be misspelled, what was there may have been deleted, or it is private and you are not signed in as somebody who may see it.
problem-401-hint = Some of what is on this hub is only for those who are signed in and allowed to see it.
problem-403-hint = If you should be able to do this, ask whoever owns it for the right to.
problem-500-hint = This is a fault of the hub, not yours. Tell its operator the number of the request.
problem-429-hint = Wait a moment and try again.
problem-request = Request { $id }
problem-home = Go to the first page
problem-sign-in-first = Sign in first
problem-form-too-old = This form is too old or was not made by this page. Go back, load the page again and send it once more.

preferences-title = Language and theme
preferences-lede = These are kept in this browser.
preferences-language = Language
preferences-browser = As the browser asks for
preferences-theme = Theme
preferences-system = As the system
preferences-light = Light
preferences-dark = Dark
notice-preferences = Saved for this browser.

home-title = Models, datasets and Spaces
home-lede = An open hub for the tools you already use. It runs here, on your own machines.
home-trending-models = Trending models
home-trending-datasets = Trending datasets
home-trending-spaces = Trending Spaces
home-new = What is new
home-all-models = All models
home-all-datasets = All datasets
home-all-spaces = All Spaces
home-start = Start here
home-start-terminal = In a terminal, with <code>huggingface_hub</code> installed. Everything that reads <code>HF_ENDPOINT</code> works with { $hub } from then on.
home-start-course = New to this? The course leads from an empty hub to a shared model.
home-start-course-link = Begin the course
home-empty-title = Nothing is here yet
home-empty = The three lines below bring in the first model; use your own folder and a name you like. Or create a repository in the browser and drop files on it.
home-empty-new = Create a model
home-private-title = This hub is not public
home-private = Sign in to see what is on it.
home-none-yet = Nothing here yet.

head-disabled = Switched off
head-like = Like
head-liked = Liked
head-tabs = Pages of this repository
tab-model-card = Model card
tab-dataset-card = Dataset card
tab-app = App
tab-files = Files
tab-viewer = Data viewer
tab-community = Community
tab-settings = Settings
tab-absent = Not on this hub yet
