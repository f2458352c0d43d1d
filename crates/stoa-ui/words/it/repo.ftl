# La pagina di un repository: scheda, dati, codice, pesi.

repo-side = Informazioni su questo repository
repo-tags = Tag
repo-more-tags = { $count ->
    [one] { $shown } altro tag
   *[other] altri { $shown } tag
}
repo-more = { $count ->
    [one] { $shown } altro
   *[other] altri { $shown }
}
repo-and-others = … e altri
repo-see-files = Tutti i file
repo-see-all = Vedi tutti
repo-not-here = non su questo hub
repo-elsewhere = Non su questo hub: { $names }

repo-contents = Indice
repo-card-faults = La scheda ha un errore che qui vedi solo tu
repo-card-mend = Modifica la scheda
repo-card-cut = La scheda è molto lunga: se ne mostra solo l’inizio.
repo-no-card-title = Ancora nessuna scheda
repo-no-card-owner = Una scheda dice che cos’è, a che cosa serve e come si usa. Decide anche sotto quale attività, licenza e lingua si trova.
repo-no-card-reader = Chi l’ha creato non l’ha ancora descritto.
repo-no-card-write = Scrivi una scheda
repo-empty-title = Qui non c’è ancora niente
repo-empty-owner = Aggiungi dei file: dal browser, da un terminale o con git.
repo-empty-reader = Il proprietario non ha ancora aggiunto file.
repo-empty-upload = Carica file
repo-empty-terminal = Da un terminale
repo-empty-git = Con git

repo-at-revision = Stai guardando questo repository alla revisione <code>{ $revision }</code>.
repo-at-main = Vai a main
repo-disabled = Questo repository è disattivato: lo vedono solo gli amministratori e nessun altro può scaricarne i file.
repo-newer = C’è una versione più recente di questo modello:
repo-gate-title = I file non sono per tutti.
repo-gate-meaning = Puoi leggere di che cosa si tratta; i file vanno solo a chi è ammesso dal proprietario. Questo hub non accetta ancora richieste.
repo-gate-ask = Chiedi l’accesso a:
repo-gate-open = L’accesso ai file di questo repository è limitato, e tu ce l’hai.
repo-gate-prompt = Che cosa dice il proprietario sull’accesso
repo-audience-title = Non adatto a tutti
repo-audience = Chi l’ha creato lo ha segnalato come non adatto ad alcune persone.
repo-audience-show = Mostra

repo-use-model = Usa questo modello
repo-use-dataset = Usa questo dataset
repo-use-space = Usa questo Space
repo-use-hint = Ogni pezzo di codice si rivolge a <code>{ $hub }</code>, questo hub.
repo-use-secret = Questo repository non è aperto a tutti: ti serve un token.
repo-use-link = Link diretto

repo-downloads = Download
repo-downloads-month = Download, 30 giorni
repo-downloads-all = Da sempre
repo-downloads-chart = { $count ->
    [one] Download dell’ultimo giorno ({ $shown })
   *[other] Download degli ultimi { $shown } giorni
}
repo-weights = Pesi
repo-parameters = parametri
repo-architecture = Architettura
repo-context = Lunghezza del contesto
repo-weight-files = Guarda dentro
repo-types = Tipi di numeri

repo-about = Dettagli
repo-license = Licenza
repo-task = Attività
repo-library = Libreria
repo-sdk = SDK
repo-languages = Lingue
repo-papers = Articoli
repo-carbon = Carbonio
repo-storage = Spazio occupato
repo-created = Creato
repo-commits = { $count ->
    [one] { $shown } commit
   *[other] { $shown } commit
}
repo-datasets = Addestrato su
repo-space-datasets = Dataset che usa
repo-space-models = Modelli che usa

repo-data = Dati
repo-rows = Righe
repo-data-size = Dimensione
repo-split = Parte
repo-column = Colonna
repo-column-type = Tipo

repo-tree = Albero dei modelli
repo-this-model = questo modello
repo-adapter-of = Adapter di
repo-finetune-of = Affinato a partire da
repo-merge-of = Fusione di
repo-quantized-from = Quantizzato da
repo-adapters = Adapter
repo-finetunes = Modelli affinati
repo-merges = Fusioni
repo-quantizations = Quantizzazioni
repo-trained = Modelli addestrati su questo
repo-spaces = Space che lo usano

repo-evaluation = Valutazione
repo-evaluation-source = Riportata dalla scheda; questo hub non l’ha misurata.
repo-evaluation-cut = La scheda ha più risultati di quelli mostrati qui.
repo-more-results = { $count ->
    [one] { $shown } altro risultato
   *[other] altri { $shown } risultati
}
repo-result-dataset = Dataset
repo-result-metric = Metrica
repo-result-value = Valore

repo-space-idle = Gli Space non vengono ancora eseguiti su questo hub.
repo-space-idle-hint = Ecco i suoi file; “Usa questo Space” spiega come eseguirlo sul tuo computer.

repo-absent-community = Discussioni e pull request non ci sono ancora su questo hub. Per ora fai commit su un branch e parlatene dove preferite.
repo-absent-viewer = Le righe dei dataset non si possono ancora guardare nel browser. load_dataset, pandas, Polars e DuckDB le leggono da questo hub.
repo-absent-back = Torna al repository

repo-tensors = Tensori
repo-tensors-all = Tutti i tensori
repo-tensors-branch = Dove sei tra i tensori
repo-tensors-count = Tensori
repo-tensors-size = Dimensione
repo-tensors-in = { $count ->
    [one] { $shown } tensore
   *[other] { $shown } tensori
}
repo-tensors-file = File
repo-tensors-download = Scarica
repo-tensors-cut = Ci sono più tensori di quanti una pagina possa mostrare. Le somme riguardano quelli mostrati.
repo-tensors-other = Si può guardare dentro solo ai file safetensors, ai loro indici e ai file GGUF
repo-tensors-no-branch = Nessun tensore di questo file ha un nome simile
repo-map = Dove sono i byte
repo-roles = A che cosa servono
repo-role-attention = Attenzione
repo-role-feed = Feed-forward
repo-role-embedding = Embedding
repo-role-norm = Normalizzazione
repo-role-head = Testa
repo-role-other = Altro
repo-metadata = Metadati
repo-metadata-key = Chiave
repo-metadata-long = Mostra tutto il testo
