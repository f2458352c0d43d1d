# Lists of repositories, and search.

row-private = private
row-gated = gated
row-parameters = Parameters
row-changed = Last changed
row-downloads = Downloads of the last 30 days
row-likes = Likes
