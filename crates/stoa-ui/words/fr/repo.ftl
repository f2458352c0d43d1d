# La page d’un dépôt : fiche, informations, code, poids.

repo-side = À propos de ce dépôt
repo-tags = Étiquettes
repo-more-tags = { $count ->
    [one] { $shown } autre étiquette
   *[other] { $shown } autres étiquettes
}
repo-more = { $count ->
    [one] { $shown } de plus
   *[other] { $shown } de plus
}
repo-and-others = … et d’autres
repo-see-files = Tous les fichiers
repo-see-all = Tout voir
repo-not-here = absent de ce hub
repo-elsewhere = Absents de ce hub : { $names }

repo-contents = Sommaire
repo-card-faults = La fiche contient une erreur que vous seul voyez ici
repo-card-mend = Modifier la fiche
repo-card-cut = La fiche est très longue : seul son début est affiché.
repo-no-card-title = Pas encore de fiche
repo-no-card-owner = Une fiche dit ce que c’est, à quoi cela sert et comment l’utiliser. Elle décide aussi de la tâche, de la licence et de la langue sous lesquelles on le trouve.
repo-no-card-reader = Son auteur ne l’a pas encore décrit.
repo-no-card-write = Écrire une fiche
repo-empty-title = Il n’y a encore rien ici
repo-empty-owner = Ajoutez des fichiers : dans le navigateur, depuis un terminal ou avec git.
repo-empty-reader = Son propriétaire n’y a encore mis aucun fichier.
repo-empty-upload = Envoyer des fichiers
repo-empty-terminal = Depuis un terminal
repo-empty-git = Avec git

repo-at-revision = Vous voyez ce dépôt à la révision <code>{ $revision }</code>.
repo-at-main = Aller à main
repo-disabled = Ce dépôt est désactivé : seuls les administrateurs le voient, et personne d’autre ne peut télécharger ses fichiers.
repo-newer = Il existe une version plus récente de ce modèle :
repo-gate-title = Les fichiers ne sont pas pour tout le monde.
repo-gate-meaning = Vous pouvez lire de quoi il s’agit ; les fichiers ne sont donnés qu’à ceux que le propriétaire accepte. Ce hub ne prend pas encore de demandes.
repo-gate-ask = Demandez l’accès à :
repo-gate-open = L’accès aux fichiers de ce dépôt est restreint, et vous l’avez.
repo-gate-prompt = Ce que le propriétaire dit de l’accès
repo-audience-title = Ne convient pas à tous
repo-audience = Son auteur l’a signalé comme inadapté à certaines personnes.
repo-audience-show = Afficher

repo-use-model = Utiliser ce modèle
repo-use-dataset = Utiliser ce jeu de données
repo-use-space = Utiliser ce Space
repo-use-hint = Chaque extrait de code s’adresse à <code>{ $hub }</code>, ce hub.
repo-use-secret = Ce dépôt n’est pas ouvert à tous : il vous faut un jeton.
repo-use-link = Lien direct

repo-downloads = Téléchargements
repo-downloads-month = Téléchargements, 30 jours
repo-downloads-all = Depuis toujours
repo-downloads-chart = { $count ->
    [one] Téléchargements du dernier jour ({ $shown })
   *[other] Téléchargements des { $shown } derniers jours
}
repo-weights = Poids
repo-parameters = paramètres
repo-architecture = Architecture
repo-context = Longueur du contexte
repo-weight-files = Voir l’intérieur
repo-types = Types de nombres

repo-about = Détails
repo-license = Licence
repo-task = Tâche
repo-library = Bibliothèque
repo-sdk = SDK
repo-languages = Langues
repo-papers = Articles
repo-carbon = Carbone
repo-storage = Stockage
repo-created = Création
repo-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commits
}
repo-datasets = Entraîné sur
repo-space-datasets = Jeux de données utilisés
repo-space-models = Modèles utilisés

repo-data = Données
repo-rows = Lignes
repo-data-size = Taille
repo-split = Partie
repo-column = Colonne
repo-column-type = Type

repo-tree = Arbre des modèles
repo-this-model = ce modèle
repo-adapter-of = Adaptateur de
repo-finetune-of = Affiné à partir de
repo-merge-of = Fusion de
repo-quantized-from = Quantifié à partir de
repo-adapters = Adaptateurs
repo-finetunes = Modèles affinés
repo-merges = Fusions
repo-quantizations = Quantifications
repo-trained = Modèles entraînés dessus
repo-spaces = Spaces qui l’utilisent

repo-evaluation = Évaluation
repo-evaluation-source = Rapportée par la fiche ; ce hub ne l’a pas mesurée.
repo-evaluation-cut = La fiche contient plus de résultats que ceux affichés ici.
repo-more-results = { $count ->
    [one] { $shown } autre résultat
   *[other] { $shown } autres résultats
}
repo-result-dataset = Jeu de données
repo-result-metric = Mesure
repo-result-value = Valeur

repo-space-idle = Les Spaces ne s’exécutent pas encore sur ce hub.
repo-space-idle-hint = Voici ses fichiers ; « Utiliser ce Space » explique comment l’exécuter sur votre propre machine.

repo-absent-community = Les discussions et les pull requests n’existent pas encore sur ce hub. En attendant, faites vos commits sur une branche et parlez-en où vous voulez.
repo-absent-viewer = Les lignes des jeux de données ne se regardent pas encore dans le navigateur. load_dataset, pandas, Polars et DuckDB les lisent depuis ce hub.
repo-absent-back = Retour au dépôt

repo-tensors = Tenseurs
repo-tensors-all = Tous les tenseurs
repo-tensors-branch = Où vous êtes parmi les tenseurs
repo-tensors-count = Tenseurs
repo-tensors-size = Taille
repo-tensors-in = { $count ->
    [one] { $shown } tenseur
   *[other] { $shown } tenseurs
}
repo-tensors-file = Fichier
repo-tensors-download = Télécharger
repo-tensors-cut = Il y a plus de tenseurs qu’une page ne peut en montrer. Les sommes portent sur ceux qui sont affichés.
repo-tensors-other = On ne peut voir l’intérieur que des fichiers safetensors, de leurs index et des fichiers GGUF
repo-tensors-no-branch = Aucun tenseur de ce fichier ne porte un tel nom
repo-map = Où sont les octets
repo-roles = À quoi ils servent
repo-role-attention = Attention
repo-role-feed = Feed-forward
repo-role-embedding = Plongements
repo-role-norm = Normalisation
repo-role-head = Tête
repo-role-other = Autre
repo-metadata = Métadonnées
repo-metadata-key = Clé
repo-metadata-long = Afficher tout le texte
