# Lists of repositories, and search.

row-private = private
row-gated = gated
row-parameters = Parameters
row-changed = Last changed
row-downloads = Downloads of the last 30 days
row-likes = Likes

list-filters = Filters
list-min = at least
list-max = at most
list-apply = Apply
list-range-hint = Such as 500M or 7B.
list-search = Filter by name
list-order = Order
list-remove = remove this filter
list-clear = Clear all filters
list-empty = Whoever has an account can bring in the first one, in the browser or with hf upload.
list-nothing-title = Nothing fits
list-nothing = No repository that you may see has all of this. Take a filter away, or search for less.
search-title = Search for “{ $query }”
search-nothing = No name and no card on this hub contains this. Try fewer words.
search-people = People and organizations
search-all = Show all
facet-task = Tasks
facet-library = Libraries and formats
facet-language = Languages
facet-license = Licenses
facet-other = Tags
facet-modality = Modalities
facet-format = Formats
facet-size = Rows
order-trending = Trending
order-downloads = Most downloads
order-likes = Most likes
order-modified = Last changed
order-created = Newest
order-params = Most parameters
list-more = { $count ->
    [one] { $shown } more
   *[other] { $shown } more
}
search-cards = In cards
search-kinds = Kind
search-everything = Everything
list-count = { $count ->
    [one] { $shown } repository
   *[other] { $shown } repositories
}
list-count-more = More than { $shown } repositories
