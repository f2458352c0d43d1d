//! The JSON of repositories, as lists and repository info have it.
