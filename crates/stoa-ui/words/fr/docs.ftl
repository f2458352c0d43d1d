# Les livres.

docs-contents = Sommaire
docs-here = Sur cette page
docs-neighbors = Pages précédente et suivante
docs-english = Ce livre n’existe qu’en anglais.
