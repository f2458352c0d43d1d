# File: cartelle, singoli file, cronologia, commit, confronti, modifica e caricamento.

files-branch = Ramo
files-tag = Tag
files-ref = Riferimento
files-commit = Commit
files-branches = Rami
files-tags = Tag
files-refs = Altri riferimenti
files-path = Percorso
files-history = Cronologia
files-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commit
}
files-add = Aggiungi file
files-upload = Carica file
files-new = Nuovo file
files-edit = Modifica
files-delete = Elimina
files-delete-folder = Elimina questa cartella
files-cancel = Annulla
files-name = Nome
files-size = Dimensione
files-stored = Conservato come
files-stored-lfs = File grande, intero (LFS)
files-stored-xet = File grande in blocchi (Xet): ciò che i file hanno in comune è conservato una volta sola
files-large-hint = File grande: git ne conserva un puntatore
files-xet-hash = Hash Xet
files-last-commit = Ultimo commit
files-changed = Modificato
files-download = Scarica
files-folder-empty = Questa cartella è vuota.
files-total = { $count ->
    [one] { $shown } file
   *[other] { $shown } file
}
files-first-page = Prima pagina
files-bare-title = Ancora nessun file
files-bare-writer = Trascina i file nel browser, scrivi una scheda, oppure usa git push o hf upload.
files-bare-reader = Chi lo possiede non ha ancora caricato nulla.
files-copy-path = Copia percorso
files-lines = { $count ->
    [one] { $shown } riga
   *[other] { $shown } righe
}
files-show-as = Mostra come
files-rendered = Anteprima
files-source = Sorgente
files-raw = Originale
files-permalink = Link permanente
files-permalink-hint = Il file com’è in questo commit, qualunque cosa accada dopo
files-this-file = Questo file
files-cut = Il file è lungo: questo è l’inizio. Scaricalo per vedere il resto.
files-first-rows = { $count ->
    [one] Questa è la prima riga della tabella. Scarica il file per vedere il resto.
   *[other] Queste sono le prime { $shown } righe della tabella. Scarica il file per vedere il resto.
}
files-tensors = Pesi: nomi, forme e tipi dei tensori stanno nell’intestazione.
files-tensors-show = Mostra i tensori
files-parquet = Una tabella Parquet. Questo hub non sa ancora mostrarne le righe; scaricala, oppure leggila con DuckDB, Polars o datasets.
files-binary = Questo file non è testo e qui non si può mostrare.
files-pdf = Se il documento non appare, scaricalo.
files-empty = Questo file è vuoto.
files-gated = Questo file è ad accesso controllato
files-gated-ask = Alla pagina del repository
commit-verified = Verificato
commit-unverified = Non verificato
commit-signed-by = Firmato da { $name } con la chiave { $key }.
commit-flaw-unreadable = La firma non si può leggere, o è di un tipo che questo hub non conosce.
commit-flaw-wrong = La firma non corrisponde al contenuto.
commit-flaw-weak = La firma usa un hash o una chiave di cui non ci si fida più.
commit-flaw-unknown-key = La chiave della firma non appartiene a nessun account di questo hub.
commit-flaw-revoked = La chiave della firma è stata revocata.
commit-flaw-expired = La chiave della firma è scaduta.
commit-flaw-out-of-time = La firma è scaduta, o è più vecchia della sua chiave.
commit-flaw-email = L’indirizzo di chi ha fatto il commit non appartiene all’account che ha firmato.
commit-whole-message = Mostra tutto il messaggio
commit-browse = Sfoglia i file di questo commit
commit-author = Autore
commit-committer = Registrato da
commit-id = Commit
commit-parents = { $count ->
    [one] Genitore
   *[other] Genitori
}
commit-merge = Questo commit unisce due storie; qui sotto ciò che cambia rispetto al primo dei suoi genitori.
commits-early = Guardare più indietro richiede tempo: continua con la pagina successiva.
compare = Confronta
compare-title = Confronta due revisioni
compare-base = Da
compare-head = A
compare-hint = Un ramo, un tag o un commit. Vedi ciò che il secondo ha e il primo no.
compare-ahead = { $count ->
    [one] { $shown } commit è solo nella seconda revisione.
   *[other] { $shown } commit sono solo nella seconda revisione.
}
compare-behind = { $count ->
    [one] { $shown } commit è solo nella prima.
   *[other] { $shown } commit sono solo nella prima.
}
compare-more = Sono elencati i più recenti.
diff-files = { $count ->
    [one] { $shown } file modificato
   *[other] { $shown } file modificati
}
diff-list = File modificati
diff-lines-added = righe aggiunte
diff-lines-removed = righe tolte
diff-all = Mostra tutti i file
diff-more = Sono cambiati più file di quanti se ne esaminano qui.
diff-gated = I contenuti sono ad accesso controllato: si vedono solo nomi e dimensioni.
diff-nothing = Nessun file è diverso.
diff-added = aggiunto
diff-removed = tolto
diff-renamed = rinominato
diff-changed = modificato
diff-view = Vedi file
diff-old-line = Riga vecchia
diff-new-line = Riga nuova
diff-sign = Modifica
diff-text = Testo
diff-unended = nessun a capo alla fine
diff-same = Il contenuto è lo stesso.
diff-truncated = Il resto della differenza è troppo lungo da mostrare.
diff-before = Prima
diff-after = Dopo
diff-large = File grande:
diff-binary = Non è testo, o è troppo lungo da confrontare:
diff-long = La differenza è lunga.
diff-show = Mostrala
diff-submodule = Commit di un altro repository:
edit-title = Modifica file
edit-on-branch = sul ramo { $branch }
edit-path = Percorso del file
edit-text = Contenuto
edit-tab = Il tasto Tab esce da questo campo, così puoi proseguire senza mouse.
edit-commit = Registra la modifica
edit-summary = Riassunto
edit-description = Descrizione (facoltativa)
edit-save = Fai il commit
edit-preview = Anteprima
edit-template = Comincia da una scheda
edit-since = Guarda che cosa è cambiato
edit-stale = Qualcun altro ha modificato questo file da quando l’hai aperto. Il tuo testo è qui sotto, intatto; se fai di nuovo il commit, sostituisce il loro.
edit-busy = Altri modificano questo ramo più in fretta di questo commit. Riprova tra un momento.
edit-exists = In { $path } c’è già qualcosa. Scegli un altro percorso, oppure modifica quel file.
edit-nothing = Non è cambiato nulla, quindi non c’è nulla da registrare.
edit-no-branch = I file si modificano solo su un ramo; un tag o un commit resta com’è.
edit-no-text = Questo file non è testo e qui non si può modificare. Carica una nuova versione.
edit-too-large = Qui si modificano solo testi fino a 1 MB. Carica una nuova versione.
notice-file-saved = Commit fatto.
notice-file-deleted = Eliminato. Resta nella cronologia.
delete-title = Eliminare questo file?
delete-folder-title = Eliminare questa cartella e tutto ciò che contiene?
delete-hint = Sparisce con un commit e resta nella cronologia del repository.
delete-stale = Qualcun altro l’ha modificato da quando hai aperto la pagina. Se vuoi ancora eliminarlo, conferma di nuovo.
upload-no-script = Caricare dal browser richiede JavaScript. Senza, invia la cartella con hf upload o con git:
upload-drop = Trascina qui file e cartelle
upload-choose-files = Scegli file
upload-choose-folder = Scegli una cartella
upload-hint = I file grandi vanno in più parti. Se la connessione cade, scegli di nuovo gli stessi file: ciò che è già qui non si invia due volte.
upload-folder = Nella cartella (vuoto: la radice)
upload-summary = Upload files
upload-start = Carica e fai il commit
upload-open = Apri i file
upload-progress = Avanzamento
upload-waiting = In attesa
upload-reading = Lettura
upload-sending = Invio
upload-sent = Inviato
upload-here = Era già qui
upload-committing = Commit in corso
upload-done = Fatto
upload-ignored = Escluso da .gitignore
upload-same = Non è cambiato
upload-failed = Non riuscito: { $one }
upload-lost = La connessione si è interrotta. Riavvia per continuare da qui.
upload-again = File non riusciti: { $one }. Riavvia per riprovarli.
upload-remove = Togli
upload-overall = { $one } fatto
upload-split = L’hub accetta solo un certo numero di file per commit, perciò i commit sono { $one }.
upload-finished = Fatto. File: { $one }, commit: { $two }.
upload-cancelled = Annullato. È registrato solo ciò che è segnato come fatto.
upload-nothing = Non c’era nulla di nuovo da registrare.
upload-many = Più di { $one } file insieme sono troppi per un browser. Usa hf upload o git.
upload-more = E altri { $one }.
upload-unreadable = Il browser non è riuscito a leggerlo. { $one }
