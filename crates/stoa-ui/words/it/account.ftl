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
