# Ce qui est sur chaque page, et comment se disent les quantités et les dates.

skip-to-content = Aller au contenu
nav-main = Principal
nav-models = Modèles
nav-datasets = Jeux de données
nav-spaces = Spaces
nav-docs = Documentation
nav-search = Chercher modèles, jeux de données, personnes
nav-search-button = Chercher
nav-sign-in = Se connecter
nav-account = Votre compte
nav-profile = Votre page
nav-settings = Réglages
nav-new-model = Nouveau modèle
nav-new-dataset = Nouveau jeu de données
nav-new-space = Nouveau Space
nav-new-organization = Nouvelle organisation
nav-admin = Administration
nav-sign-out = Se déconnecter
nav-preferences = Langue et thème

footer-about = stoa, un hub ouvert pour l’IA
footer-api = Référence de l’API

copy = Copier
copied = Copié
next-page = Page suivante
previous-page = Page précédente
save = Enregistrer

size-bytes = { $count ->
    [one] { $shown } octet
   *[other] { $shown } octets
}

ago-now = à l’instant
ago-minutes = { $count ->
    [one] il y a { $shown } minute
   *[other] il y a { $shown } minutes
}
ago-hours = { $count ->
    [one] il y a { $shown } heure
   *[other] il y a { $shown } heures
}
ago-days = { $count ->
    [one] il y a { $shown } jour
   *[other] il y a { $shown } jours
}
ago-months = { $count ->
    [one] il y a { $shown } mois
   *[other] il y a { $shown } mois
}
ago-years = { $count ->
    [one] il y a { $shown } an
   *[other] il y a { $shown } ans
}

month-january = janvier
month-february = février
month-march = mars
month-april = avril
month-may = mai
month-june = juin
month-july = juillet
month-august = août
month-september = septembre
month-october = octobre
month-november = novembre
month-december = décembre

chart-table = Afficher en tableau
chart-day = Jour
chart-value = Valeur
chart-name = Nom
chart-share = Part

problem-title = Un problème est survenu
problem-400 = Cette requête n’est pas compréhensible
problem-401 = Connectez-vous pour voir cette page
problem-403 = Vous ne pouvez pas faire cela
problem-404 = Il n’y a rien ici
problem-409 = Quelque chose s’y oppose
problem-412 = Quelqu’un a été plus rapide
problem-413 = C’est trop volumineux
problem-429 = Trop de requêtes
problem-500 = stoa a eu une panne
problem-501 = Pas encore sur ce hub
problem-503 = Indisponible pour le moment
problem-404-hint = L’adresse est peut-être mal écrite, ce qui s’y trouvait a pu être supprimé, ou c’est privé et vous n’êtes pas connecté avec un compte qui peut le voir.
problem-401-hint = Une partie de ce hub est réservée à ceux qui sont connectés et autorisés à la voir.
problem-403-hint = Si vous devriez pouvoir le faire, demandez-en le droit à son propriétaire.
problem-500-hint = C’est une panne du hub, pas la vôtre. Donnez à son exploitant le numéro de la requête.
problem-429-hint = Patientez un instant puis réessayez.
problem-request = Requête { $id }
problem-home = Aller à la première page
problem-sign-in-first = Connectez-vous d’abord
problem-form-too-old = Ce formulaire est trop ancien ou ne vient pas de cette page. Revenez en arrière, rechargez la page et envoyez-le à nouveau.

preferences-title = Langue et thème
preferences-lede = Ces choix restent dans ce navigateur.
preferences-language = Langue
preferences-browser = Comme le demande le navigateur
preferences-theme = Thème
preferences-system = Comme le système
preferences-light = Clair
preferences-dark = Sombre
notice-preferences = Enregistré pour ce navigateur.

home-title = Modèles, jeux de données et Spaces
home-lede = Un hub ouvert pour les outils que vous utilisez déjà. Il tourne ici, sur vos propres machines.
home-trending-models = Modèles en vogue
home-trending-datasets = Jeux de données en vogue
home-trending-spaces = Spaces en vogue
home-new = Les nouveautés
home-all-models = Tous les modèles
home-all-datasets = Tous les jeux de données
home-all-spaces = Tous les Spaces
home-start = Commencer ici
home-start-terminal = Dans un terminal, avec <code>huggingface_hub</code> installé. Tout ce qui lit <code>HF_ENDPOINT</code> fonctionne alors avec { $hub }.
home-start-course = C’est nouveau pour vous ? Le cours mène d’un hub vide à un modèle partagé.
home-start-course-link = Commencer le cours
home-empty-title = Il n’y a encore rien ici
home-empty = Les trois lignes ci-dessous apportent le premier modèle ; prenez un dossier à vous et le nom que vous voulez. Ou créez un dépôt dans le navigateur et déposez-y des fichiers.
home-empty-new = Créer un modèle
home-private-title = Ce hub n’est pas public
home-private = Connectez-vous pour voir ce qu’il contient.
home-none-yet = Encore rien.

head-disabled = Désactivé
head-like = J’aime
head-liked = Vous aimez
head-tabs = Pages de ce dépôt
tab-model-card = Fiche du modèle
tab-dataset-card = Fiche du jeu de données
tab-app = App
tab-files = Fichiers
tab-viewer = Visionneuse de données
tab-community = Communauté
tab-settings = Réglages
tab-absent = Pas encore sur ce hub
