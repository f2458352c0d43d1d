# Connexion, inscription, personnes.

login-name = Nom d’utilisateur
login-password = Mot de passe

device-title = Connecter un programme
device-lede = Un programme, par exemple <code>{ $command }</code>, vous a montré un code. Approuvez-le seulement si vous avez lancé ce programme vous-même : il pourra alors faire tout ce que vous pouvez faire sur ce hub.
device-code = Code
device-as = Vous êtes connecté en tant que <strong>{ $name }</strong>.
device-approve = Approuver
device-refuse = Refuser
device-approved = C’est fait. Le programme se connecte en quelques secondes ; vous pouvez fermer cette page.
device-refused = Refusé. Le programme n’obtient pas d’accès ; vous pouvez fermer cette page.
device-left = Rien n’a été approuvé. Le code expire de lui-même en 15 minutes ; vous pouvez fermer cette page.

join-title = Créer un compte
join-lede = Il vous en faut un pour publier des modèles et des jeux de données, et pour voir ce qui est partagé avec vous.
join-closed = Les comptes de ce hub sont créés par ceux qui le gèrent. Demandez-leur en un.
join-name-hint = Lettres, chiffres, « _ », « - » et « . », 42 caractères au plus. Il fait partie des adresses et ne change plus.
join-have-account = Vous avez déjà un compte ?
login-no-account = Pas encore de compte ?
nav-sign-up = S’inscrire
optional = (facultatif)
field-fullname = Nom affiché
field-email = Adresse e-mail
field-email-hint = Vous seul et les administrateurs du hub la voyez. Un administrateur peut confirmer qu’elle est à vous ; les commits signés avec elle comptent alors comme vérifiés.
field-email-vouched = Confirmée par un administrateur
field-about = À propos
field-about-hint = 500 caractères au plus. Tous ceux qui voient votre page le lisent.
password-hint = Au moins 8 caractères. Plusieurs mots se retiennent mieux que des signes.
password-again = Le mot de passe à nouveau
password-differs = Les deux mots de passe diffèrent. Saisissez deux fois le même
confirm-type = Saisissez <strong class="mono">{ $name }</strong> pour confirmer
confirm-wrong = Rien n’a été modifié : saisissez « { $name } » pour confirmer
cancel = Annuler
side-label = Pages de ces réglages

welcome-title = Bienvenue, { $name }
welcome-lede = Votre compte est prêt. Quatre étapes mènent à votre premier modèle partagé.
welcome-token = Créez un jeton
welcome-token-text = Les programmes se connectent avec un jeton au lieu de votre mot de passe. Il n’est affiché qu’une fois : copiez-le à ce moment.
welcome-terminal = Envoyez depuis un terminal
welcome-browser = Ou commencez dans le navigateur
welcome-browser-text = Créez ici un dépôt et déposez-y des fichiers.
welcome-profile = Dites qui vous êtes
welcome-profile-text = Un nom et quelques mots aident les autres à savoir de qui vient ce qu’ils utilisent.

profile-tabs = Ce qui est affiché
profile-overview = Aperçu
profile-organization = Organisation
profile-administrator = Administrateur
profile-disabled = Désactivé
profile-edit = Modifier
profile-since = Ici depuis le { $day }
profile-organizations = Organisations
profile-members = Membres
profile-likes = J’aime
profile-all = Tout afficher
profile-none = Il n’y a encore rien ici.
profile-no-likes = Encore rien. Le cœur sur la page d’un dépôt l’amène ici.
profile-empty = { $name } ne partage encore rien.
profile-empty-own = Il n’y a encore rien ici. Créez un dépôt, ou envoyez un dossier depuis un terminal.

role-no-access = Aucun accès
role-no-access-hint = En fait partie et ne voit que ce qui est public.
role-read = Lecture
role-read-hint = Voit les dépôts privés.
role-contributor = Contributeur
role-contributor-hint = Crée des dépôts et modifie ceux qu’il a créés.
role-write = Écriture
role-write-hint = Modifie tous les dépôts.
role-admin = Admin
role-admin-hint = Gère aussi les membres et les réglages.

org-new-lede = Une organisation possède des dépôts en commun. Vous en devenez le premier admin.
org-name = Nom de l’organisation
org-default = Les nouveaux dépôts sont
org-make = Créer l’organisation
org-settings = Réglages de l’organisation
org-card-hint = Le README du Space public <code>{ $path }</code> est affiché sur la page de l’organisation.
org-delete = Supprimer cette organisation
org-delete-text = Ses dépôts doivent d’abord partir : déplacez-les ou supprimez-les. Les membres ne perdent rien à eux. Le nom redevient libre, sans retour possible.
members-add = Ajouter un membre
members-role = Rôle
members-role-of = Rôle de { $name }
members-change = Changer
members-remove = Retirer
