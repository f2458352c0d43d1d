# The books.

docs-contents = Contents
docs-here = On this page
docs-neighbors = Pages before and after
docs-english = This book is in English only.
