# Listes de dépôts, et recherche.

row-private = privé
row-gated = sur demande
row-parameters = Paramètres
row-changed = Dernière modification
row-downloads = Téléchargements des 30 derniers jours
row-likes = J’aime
