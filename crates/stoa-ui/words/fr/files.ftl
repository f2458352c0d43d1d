# Fichiers : dossiers, fichiers, historique, commits, comparaisons, édition et envoi.

files-branch = Branche
files-tag = Étiquette
files-ref = Référence
files-commit = Commit
files-branches = Branches
files-tags = Étiquettes
files-refs = Autres références
files-path = Chemin
files-history = Historique
files-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commits
}
files-add = Ajouter des fichiers
files-upload = Envoyer des fichiers
files-new = Nouveau fichier
files-edit = Modifier
files-delete = Supprimer
files-delete-folder = Supprimer ce dossier
files-cancel = Annuler
files-name = Nom
files-size = Taille
files-stored = Stocké comme
files-stored-lfs = Fichier volumineux, entier (LFS)
files-stored-xet = Fichier volumineux en blocs (Xet) : ce que les fichiers ont en commun n’est stocké qu’une fois
files-large-hint = Fichier volumineux : git n’en garde qu’un pointeur
files-xet-hash = Empreinte Xet
files-last-commit = Dernier commit
files-changed = Modifié
files-download = Télécharger
files-folder-empty = Ce dossier est vide.
files-total = { $count ->
    [one] { $shown } fichier
   *[other] { $shown } fichiers
}
files-first-page = Première page
files-bare-title = Pas encore de fichiers
files-bare-writer = Déposez des fichiers dans le navigateur, rédigez une carte, ou utilisez git push ou hf upload.
files-bare-reader = Son propriétaire n’a encore rien envoyé.
files-copy-path = Copier le chemin
files-lines = { $count ->
    [one] { $shown } ligne
   *[other] { $shown } lignes
}
files-show-as = Afficher comme
files-rendered = Aperçu
files-source = Source
files-raw = Brut
files-permalink = Lien permanent
files-permalink-hint = Le fichier tel qu’il est dans ce commit, quoi qu’il arrive ensuite
files-this-file = Ce fichier
files-cut = Le fichier est long : en voici le début. Téléchargez-le pour voir la suite.
files-first-rows = { $count ->
    [one] Voici la première ligne du tableau. Téléchargez le fichier pour voir la suite.
   *[other] Voici les { $shown } premières lignes du tableau. Téléchargez le fichier pour voir la suite.
}
files-tensors = Des poids : noms, formes et types des tenseurs sont dans leur en-tête.
files-tensors-show = Afficher les tenseurs
files-parquet = Un tableau Parquet. Ce hub ne sait pas encore en afficher les lignes ; téléchargez-le, ou lisez-le avec DuckDB, Polars ou datasets.
files-binary = Ce fichier n’est pas du texte et ne peut pas être affiché ici.
files-pdf = Si le document n’apparaît pas, téléchargez-le.
files-empty = Ce fichier est vide.
files-gated = Ce fichier est en accès contrôlé
files-gated-ask = Vers la page du dépôt
commit-verified = Vérifié
commit-unverified = Non vérifié
commit-signed-by = Signé par { $name } avec la clé { $key }.
commit-flaw-unreadable = La signature est illisible, ou d’un type que ce hub ne connaît pas.
commit-flaw-wrong = La signature ne correspond pas au contenu.
commit-flaw-weak = La signature utilise une empreinte ou une clé qui n’est plus jugée sûre.
commit-flaw-unknown-key = La clé de la signature n’appartient à aucun compte de ce hub.
commit-flaw-revoked = La clé de la signature a été révoquée.
commit-flaw-expired = La clé de la signature a expiré.
commit-flaw-out-of-time = La signature a expiré, ou est plus ancienne que sa clé.
commit-flaw-email = L’adresse de l’auteur du commit n’est pas celle du compte qui a signé.
commit-whole-message = Afficher le message entier
commit-browse = Parcourir les fichiers de ce commit
commit-author = Auteur
commit-committer = Enregistré par
commit-id = Commit
commit-parents = { $count ->
    [one] Parent
   *[other] Parents
}
commit-merge = Ce commit réunit deux historiques ; ci-dessous, ce qu’il change par rapport au premier de ses parents.
commits-early = Remonter plus loin prend du temps : continuez avec la page suivante.
compare = Comparer
compare-title = Comparer deux révisions
compare-base = De
compare-head = À
compare-hint = Une branche, une étiquette ou un commit. Vous voyez ce que le second a et que le premier n’a pas.
compare-ahead = { $count ->
    [one] { $shown } commit n’est que dans la seconde révision.
   *[other] { $shown } commits ne sont que dans la seconde révision.
}
compare-behind = { $count ->
    [one] { $shown } commit n’est que dans la première.
   *[other] { $shown } commits ne sont que dans la première.
}
compare-more = Les plus récents sont listés.
diff-files = { $count ->
    [one] { $shown } fichier modifié
   *[other] { $shown } fichiers modifiés
}
diff-list = Fichiers modifiés
diff-lines-added = lignes ajoutées
diff-lines-removed = lignes supprimées
diff-all = Afficher tous les fichiers
diff-more = Plus de fichiers ont changé que ce qui est examiné ici.
diff-gated = Les contenus sont en accès contrôlé : seuls noms et tailles sont affichés.
diff-nothing = Aucun fichier ne diffère.
diff-added = ajouté
diff-removed = supprimé
diff-renamed = renommé
diff-changed = modifié
diff-view = Voir le fichier
diff-old-line = Ancienne ligne
diff-new-line = Nouvelle ligne
diff-sign = Modification
diff-text = Texte
diff-unended = pas de saut de ligne à la fin
diff-same = Le contenu est le même.
diff-truncated = Le reste de la différence est trop long pour être affiché.
diff-before = Avant
diff-after = Après
diff-large = Fichier volumineux :
diff-binary = Pas du texte, ou trop long à comparer :
diff-long = La différence est longue.
diff-show = L’afficher
diff-submodule = Commit d’un autre dépôt :
edit-title = Modifier le fichier
edit-on-branch = sur la branche { $branch }
edit-path = Chemin du fichier
edit-text = Contenu
edit-tab = La touche Tab quitte ce champ, pour continuer sans souris.
edit-commit = Enregistrer la modification
edit-summary = Résumé
edit-description = Description (facultative)
edit-save = Faire le commit
edit-preview = Aperçu
edit-template = Commencer par une carte
edit-since = Voir ce qui a changé
edit-stale = Quelqu’un d’autre a modifié ce fichier depuis que vous l’avez ouvert. Votre texte est ci-dessous, intact ; si vous refaites le commit, il remplace le leur.
edit-busy = D’autres modifient cette branche plus vite que ce commit ne peut suivre. Réessayez dans un instant.
edit-exists = Il y a déjà quelque chose à { $path }. Choisissez un autre chemin, ou modifiez ce fichier.
edit-nothing = Rien n’a changé, il n’y a donc rien à enregistrer.
edit-no-branch = On ne modifie des fichiers que sur une branche ; une étiquette ou un commit reste tel quel.
edit-no-text = Ce fichier n’est pas du texte et ne peut pas être modifié ici. Envoyez une nouvelle version.
edit-too-large = On ne modifie ici que des textes jusqu’à 1 Mo. Envoyez une nouvelle version.
notice-file-saved = Commit effectué.
notice-file-deleted = Supprimé. Il reste dans l’historique.
delete-title = Supprimer ce fichier ?
delete-folder-title = Supprimer ce dossier et tout son contenu ?
delete-hint = Il disparaît avec un commit et reste dans l’historique du dépôt.
delete-stale = Quelqu’un d’autre l’a modifié depuis que vous avez ouvert la page. Si vous voulez toujours le supprimer, confirmez à nouveau.
upload-no-script = L’envoi par le navigateur demande JavaScript. Sans lui, envoyez le dossier avec hf upload ou avec git :
upload-drop = Déposez ici fichiers et dossiers
upload-choose-files = Choisir des fichiers
upload-choose-folder = Choisir un dossier
upload-hint = Les gros fichiers partent en plusieurs parties. Si la connexion est coupée, choisissez les mêmes fichiers : ce qui est déjà là n’est pas envoyé deux fois.
upload-folder = Dans le dossier (vide : la racine)
upload-summary = Upload files
upload-start = Envoyer et faire le commit
upload-open = Ouvrir les fichiers
upload-progress = Progression
upload-waiting = En attente
upload-reading = Lecture
upload-sending = Envoi
upload-sent = Envoyé
upload-here = Déjà présent
upload-committing = Commit en cours
upload-done = Terminé
upload-ignored = Exclu par .gitignore
upload-same = Inchangé
upload-failed = Échec : { $one }
upload-lost = La connexion a été perdue. Relancez pour continuer d’ici.
upload-again = Fichiers en échec : { $one }. Relancez pour réessayer.
upload-remove = Retirer
upload-overall = { $one } effectué
upload-split = Le hub n’accepte qu’un certain nombre de fichiers par commit ; il y a donc { $one } commits.
upload-finished = Terminé. Fichiers : { $one }, commits : { $two }.
upload-cancelled = Annulé. N’est enregistré que ce qui est marqué comme terminé.
upload-nothing = Il n’y avait rien de nouveau à enregistrer.
upload-many = Plus de { $one } fichiers à la fois, c’est trop pour un navigateur. Utilisez hf upload ou git.
upload-more = Et { $one } de plus.
upload-unreadable = Le navigateur n’a pas pu le lire. { $one }
