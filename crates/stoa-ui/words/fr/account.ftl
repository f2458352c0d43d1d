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
