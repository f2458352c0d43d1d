# Listes de dépôts, et recherche.

row-private = privé
row-gated = sur demande
row-parameters = Paramètres
row-changed = Dernière modification
row-downloads = Téléchargements des 30 derniers jours
row-likes = J’aime

list-filters = Filtres
list-min = au moins
list-max = au plus
list-apply = Appliquer
list-range-hint = Par exemple 500M ou 7B.
list-search = Filtrer par nom
list-order = Ordre
list-remove = retirer ce filtre
list-clear = Retirer tous les filtres
list-empty = Quiconque a un compte peut apporter le premier, dans le navigateur ou avec hf upload.
list-nothing-title = Rien ne correspond
list-nothing = Aucun dépôt que vous pouvez voir ne réunit tout cela. Retirez un filtre, ou cherchez moins précisément.
search-title = Recherche de « { $query } »
search-nothing = Aucun nom et aucune fiche de ce hub ne contient ce texte. Essayez avec moins de mots.
search-people = Personnes et organisations
search-all = Tout afficher
facet-task = Tâches
facet-library = Bibliothèques et formats
facet-language = Langues
facet-license = Licences
facet-other = Étiquettes
facet-modality = Modalités
facet-format = Formats
facet-size = Lignes
order-trending = En vogue
order-downloads = Plus téléchargés
order-likes = Plus aimés
order-modified = Modifiés récemment
order-created = Plus récents
order-params = Plus de paramètres
list-more = { $count ->
    [one] { $shown } de plus
   *[other] { $shown } de plus
}
search-cards = Dans les fiches
search-kinds = Type
search-everything = Tout
list-count = { $count ->
    [one] { $shown } dépôt
   *[other] { $shown } dépôts
}
list-count-more = Plus de { $shown } dépôts
