# Amministrare l’hub.

admin-overview = Panoramica
admin-users = Utenti
admin-organizations = Organizzazioni
admin-audit = Registro delle azioni
admin-health = Stato
admin-settings = Impostazioni in vigore
admin-buckets = Bucket
admin-commits = Commit
admin-storage = File grandi
admin-storage-none = Ancora nessun file grande. Quando ce ne saranno, qui si vedrà quanto occupano e quanto si risparmia conservando una volta sola i pezzi uguali.
admin-logical = caricati
admin-stored = conservati
admin-saved = risparmiati
admin-chunks = pezzi
admin-dedup = Che cosa è conservato e che cosa è risparmiato
admin-dedup-text = I file grandi vengono tagliati in pezzi, e i pezzi uguali si conservano una volta sola, compressi, chiunque li abbia inviati.
admin-largest-owners = Proprietari con più byte
admin-largest-repos = Repository con più byte
admin-counted = Contato
admin-search-users = Nome, nome mostrato o e-mail
admin-search-orgs = Nome o nome mostrato
admin-users-none = Nessun utente corrisponde. Cerca una parte del nome o dell’indirizzo e-mail.
admin-orgs-none = Nessuna organizzazione corrisponde. Ogni utente può fondarne una.
admin-repos = Repository
admin-token-used = Ultimo uso di un token
admin-since = Dal
admin-new-user = Crea un utente
admin-new-user-text = L’hub crea una password e la mostra una volta sola. Consegnala in modo sicuro; l’utente dovrebbe cambiarla.
admin-vouch-hint = Salvandolo confermi che l’indirizzo è suo: i commit che firma con esso contano come verificati.
admin-is-admin = Amministra questo hub
admin-is-admin-hint = Chi amministra vede e modifica tutto: utenti, repository privati, queste pagine.
admin-rights = Amministrazione
admin-make-admin = Rendi amministratore
admin-remove-admin = Togli da amministratore
admin-reset = Reimposta la password
admin-reset-text = L’hub crea una nuova password e la mostra una volta sola; ogni browser dell’utente viene disconnesso. I token continuano a funzionare.
admin-access = Accesso
admin-disable = Disattiva questo utente
admin-disable-text = Un utente disattivato non accede in nessun modo: né password, né token, né chiave. Ciò che possiede resta.
admin-enable = Fai rientrare questo utente
admin-told = Una nuova password
admin-told-text = Questa è la password di { $name }. Si vede solo questa volta; consegnala in modo sicuro.

admin-audit-lede = Chi ha cambiato che cosa, l’ultimo per primo. Nessuno può cambiare queste righe.
admin-audit-none = Qui non è registrato nulla.
audit-when = Quando
audit-who = Chi
audit-what = Che cosa
audit-subject = Su che cosa
audit-from = Da
audit-newest = Più recenti
audit-older = Più vecchie

health-lede = stoa { $version }, com’è in questo momento.
health-part = Parte
health-state = Stato
health-found = Che cosa risulta
health-good = Bene
health-doubtful = Da controllare
health-bad = Guasto
health-database = Database
health-database-text = Versione { $version } delle tabelle, { $size }.
health-store = Archivio dei byte
health-store-works = Una prova è stata scritta e riletta.
health-store-broken = Una prova non si è potuta scrivere e rileggere. Controlla il disco e il suo proprietario.
health-disk = Disco
health-disk-text = { $size } liberi.
health-disk-unknown = Questo sistema non dice quanto spazio è libero.
health-work = Manutenzione
health-work-done = Conteggi, tagli e pulizie fatti l’ultima volta
health-work-failed = Non è riuscita; il motivo è nel log. Ultimo tentativo:
health-work-never = Non ancora fatta da quando questo processo è partito.
health-queue = File da tagliare
health-queue-text = { $count ->
    [one] { $shown } file grande aspetta di essere tagliato in pezzi.
   *[other] { $shown } file grandi aspettano di essere tagliati in pezzi.
}
health-pushes = Push
health-pushes-text = { $count ->
    [one] { $shown } push in corso.
   *[other] { $shown } push in corso.
}
health-ssh = Git via SSH
health-ssh-off = Spento. L’impostazione ssh.listen lo accende.
health-doctor = <code>{ $command }</code> sulla macchina stessa guarda più a fondo: legge tutto il database e controlla porte e orologio.

admin-settings-lede = Dal file delle impostazioni, dall’ambiente e dalle opzioni. I segreti sono mascherati. Per cambiarle serve un riavvio.
admin-settings-none = A questo processo non sono state dette le impostazioni. Le mostra stoa config.
admin-setting = Impostazione
admin-not-set = non impostata
