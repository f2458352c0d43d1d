# Administrer le hub.

admin-overview = Aperçu
admin-users = Utilisateurs
admin-organizations = Organisations
admin-audit = Journal d’audit
admin-health = État
admin-settings = Réglages en vigueur
admin-buckets = Buckets
admin-commits = Commits
admin-storage = Gros fichiers
admin-storage-none = Encore aucun gros fichier. Dès qu’il y en aura, on verra ici la place qu’ils prennent et ce qu’épargne le fait de garder une seule fois les morceaux égaux.
admin-logical = envoyés
admin-stored = stockés
admin-saved = épargnés
admin-chunks = morceaux
admin-dedup = Ce qui est stocké et ce qui est épargné
admin-dedup-text = Les gros fichiers sont découpés en morceaux, et les morceaux égaux sont gardés une seule fois, compressés, qui que soit l’envoyeur.
admin-largest-owners = Propriétaires avec le plus d’octets
admin-largest-repos = Dépôts avec le plus d’octets
admin-counted = Compté
admin-search-users = Nom, nom affiché ou e-mail
admin-search-orgs = Nom ou nom affiché
admin-users-none = Aucun utilisateur ne correspond. Cherchez une partie du nom ou de l’adresse e-mail.
admin-orgs-none = Aucune organisation ne correspond. Chaque utilisateur peut en fonder une.
admin-repos = Dépôts
admin-token-used = Dernier usage d’un jeton
admin-since = Depuis
admin-new-user = Créer un utilisateur
admin-new-user-text = Le hub crée un mot de passe et l’affiche une seule fois. Transmettez-le de façon sûre ; l’utilisateur devrait le changer.
admin-vouch-hint = En l’enregistrant, vous confirmez que l’adresse est la sienne : les commits signés avec elle comptent comme vérifiés.
admin-is-admin = Administre ce hub
admin-is-admin-hint = Les administrateurs voient et modifient tout : utilisateurs, dépôts privés, ces pages.
admin-rights = Administration
admin-make-admin = Nommer administrateur
admin-remove-admin = Retirer comme administrateur
admin-reset = Réinitialiser le mot de passe
admin-reset-text = Le hub crée un nouveau mot de passe et l’affiche une seule fois ; tous les navigateurs de l’utilisateur sont déconnectés. Les jetons continuent de fonctionner.
admin-access = Accès
admin-disable = Désactiver cet utilisateur
admin-disable-text = Un utilisateur désactivé ne se connecte par rien : ni mot de passe, ni jeton, ni clé. Ce qu’il possède reste.
admin-enable = Laisser revenir cet utilisateur
admin-told = Un nouveau mot de passe
admin-told-text = Voici le mot de passe de { $name }. Il n’est affiché qu’une fois ; transmettez-le de façon sûre.

admin-audit-lede = Qui a changé quoi, le dernier d’abord. Personne ne peut modifier ces lignes.
admin-audit-none = Rien n’est consigné ici.
audit-when = Quand
audit-who = Qui
audit-what = Quoi
audit-subject = Sur quoi
audit-from = Depuis
audit-newest = Plus récentes
audit-older = Plus anciennes

health-lede = stoa { $version }, tel qu’il est en ce moment.
health-part = Élément
health-state = État
health-found = Ce qui a été constaté
health-good = Bien
health-doubtful = À surveiller
health-bad = En panne
health-database = Base de données
health-database-text = Version { $version } des tables, { $size }.
health-store = Stockage des octets
health-store-works = Un essai a été écrit et relu.
health-store-broken = Un essai n’a pas pu être écrit et relu. Vérifiez le disque et son propriétaire.
health-disk = Disque
health-disk-text = { $size } libres.
health-disk-unknown = Ce système ne dit pas combien il reste.
health-work = Entretien
health-work-done = Comptage, découpage et nettoyage faits pour la dernière fois
health-work-failed = Il a échoué ; la raison est dans le journal. Dernier essai :
health-work-never = Pas encore fait depuis le début de ce processus.
health-queue = Fichiers à découper
health-queue-text = { $count ->
    [one] { $shown } gros fichier attend d’être découpé en morceaux.
   *[other] { $shown } gros fichiers attendent d’être découpés en morceaux.
}
health-pushes = Push
health-pushes-text = { $count ->
    [one] { $shown } push en cours.
   *[other] { $shown } push en cours.
}
health-ssh = Git par SSH
health-ssh-off = Désactivé. Le réglage ssh.listen l’active.
health-doctor = <code>{ $command }</code> sur la machine même regarde plus loin : il lit toute la base et vérifie ports et horloge.

admin-settings-lede = Venus du fichier de réglages, de l’environnement et des options. Les secrets sont masqués. Un changement demande un redémarrage.
admin-settings-none = Ce processus ne connaît pas ses réglages. stoa config les affiche.
admin-setting = Réglage
admin-not-set = non défini
