# I libri.

docs-contents = Indice
docs-here = In questa pagina
docs-neighbors = Pagine prima e dopo
docs-english = Questo libro è solo in inglese.
