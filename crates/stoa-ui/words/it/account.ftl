# Accesso, registrazione, persone.

login-name = Nome utente
login-password = Password

device-title = Fai accedere un programma
device-lede = Un programma, per esempio <code>{ $command }</code>, ti ha mostrato un codice. Approvalo solo se hai avviato tu quel programma: potrà poi fare tutto ciò che puoi fare tu su questo hub.
device-code = Codice
device-as = Hai eseguito l’accesso come <strong>{ $name }</strong>.
device-approve = Approva
device-refuse = Rifiuta
device-approved = Fatto. Il programma accede entro pochi secondi; puoi chiudere questa pagina.
device-refused = Rifiutato. Il programma non ottiene l’accesso; puoi chiudere questa pagina.
device-left = Non è stato approvato nulla. Il codice scade da solo entro 15 minuti; puoi chiudere questa pagina.

join-title = Crea un account
join-lede = Ti serve per pubblicare modelli e dataset, e per vedere ciò che è condiviso con te.
join-closed = Gli account di questo hub li crea chi lo gestisce. Chiedine uno a loro.
join-name-hint = Lettere, cifre, «_», «-» e «.», al massimo 42 caratteri. Entra negli indirizzi e non cambia più.
join-have-account = Hai già un account?
login-no-account = Non hai ancora un account?
nav-sign-up = Registrati
optional = (facoltativo)
field-fullname = Nome da mostrare
field-email = Indirizzo e-mail
field-email-hint = La vedete solo tu e chi amministra l’hub. Un amministratore può confermare che è tua; da quel momento i commit firmati con essa contano come verificati.
field-email-vouched = Confermato da un amministratore
field-about = Descrizione
field-about-hint = Al massimo 500 caratteri. La legge chiunque veda la tua pagina.
password-hint = Almeno 8 caratteri. Più parole si ricordano meglio dei segni.
password-again = Ancora la password
password-differs = Le due password sono diverse. Scrivi due volte la stessa
confirm-type = Scrivi <strong class="mono">{ $name }</strong> per confermare
confirm-wrong = Non è cambiato nulla: scrivi «{ $name }» per confermare
cancel = Annulla
side-label = Pagine di queste impostazioni

welcome-title = Ti diamo il benvenuto, { $name }
welcome-lede = Il tuo account è pronto. Quattro passi portano al tuo primo modello condiviso.
welcome-token = Crea un token
welcome-token-text = I programmi accedono con un token invece che con la tua password. Si vede una volta sola: copialo allora.
welcome-terminal = Carica da un terminale
welcome-browser = Oppure comincia nel browser
welcome-browser-text = Crea qui un repository e trascinaci i file.
welcome-profile = Di’ chi sei
welcome-profile-text = Un nome e due parole aiutano gli altri a sapere di chi è il lavoro che usano.

profile-tabs = Che cosa si vede
profile-overview = Panoramica
profile-organization = Organizzazione
profile-administrator = Amministratore
profile-disabled = Disattivato
profile-edit = Modifica
profile-since = Qui dal { $day }
profile-organizations = Organizzazioni
profile-members = Membri
profile-likes = Mi piace
profile-all = Mostra tutto
profile-none = Qui non c’è ancora nulla.
profile-no-likes = Ancora nessun «mi piace». Il cuore sulla pagina di un repository lo porta qui.
profile-empty = { $name } non condivide ancora nulla.
profile-empty-own = Qui non c’è ancora nulla. Crea un repository, oppure carica una cartella da un terminale.

role-no-access = Nessun accesso
role-no-access-hint = Ne fa parte e vede solo ciò che è pubblico.
role-read = Lettura
role-read-hint = Vede i repository privati.
role-contributor = Collaboratore
role-contributor-hint = Crea repository e modifica quelli che ha creato.
role-write = Scrittura
role-write-hint = Modifica ogni repository.
role-admin = Admin
role-admin-hint = Gestisce anche membri e impostazioni.

org-new-lede = Un’organizzazione possiede repository insieme. Tu ne diventi il primo admin.
org-name = Nome dell’organizzazione
org-default = I nuovi repository sono
org-make = Crea l’organizzazione
org-settings = Impostazioni dell’organizzazione
org-card-hint = Il README dello Space pubblico <code>{ $path }</code> appare sulla pagina dell’organizzazione.
org-delete = Elimina questa organizzazione
org-delete-text = Prima i suoi repository devono andare via: spostali o eliminali. I membri non perdono nulla di proprio. Il nome torna libero, e non si torna indietro.
members-add = Aggiungi un membro
members-role = Ruolo
members-role-of = Ruolo di { $name }
members-change = Cambia
members-remove = Togli
