# Ciò che sta su ogni pagina, e come si dicono quantità e date.

skip-to-content = Vai al contenuto
nav-main = Principale
nav-models = Modelli
nav-datasets = Dataset
nav-spaces = Space
nav-docs = Documentazione
nav-search = Cerca modelli, dataset, persone
nav-search-button = Cerca
nav-sign-in = Accedi
nav-account = Il tuo account
nav-profile = La tua pagina
nav-settings = Impostazioni
nav-new-model = Nuovo modello
nav-new-dataset = Nuovo dataset
nav-new-space = Nuovo Space
nav-new-organization = Nuova organizzazione
nav-admin = Amministrazione
nav-sign-out = Esci
nav-preferences = Lingua e tema

footer-about = stoa, un hub aperto per l’IA
footer-api = Riferimento dell’API

copy = Copia
copied = Copiato
next-page = Pagina successiva
previous-page = Pagina precedente
save = Salva

size-bytes = { $count ->
    [one] { $shown } byte
   *[other] { $shown } byte
}

ago-now = adesso
ago-minutes = { $count ->
    [one] { $shown } minuto fa
   *[other] { $shown } minuti fa
}
ago-hours = { $count ->
    [one] { $shown } ora fa
   *[other] { $shown } ore fa
}
ago-days = { $count ->
    [one] { $shown } giorno fa
   *[other] { $shown } giorni fa
}
ago-months = { $count ->
    [one] { $shown } mese fa
   *[other] { $shown } mesi fa
}
ago-years = { $count ->
    [one] { $shown } anno fa
   *[other] { $shown } anni fa
}

month-january = gennaio
month-february = febbraio
month-march = marzo
month-april = aprile
month-may = maggio
month-june = giugno
month-july = luglio
month-august = agosto
month-september = settembre
month-october = ottobre
month-november = novembre
month-december = dicembre

chart-table = Mostra come tabella
chart-day = Giorno
chart-value = Valore
chart-name = Nome
chart-share = Quota

problem-title = Qualcosa è andato storto
problem-400 = Questa richiesta non si capisce
problem-401 = Accedi per vedere questa pagina
problem-403 = Non puoi farlo
problem-404 = Qui non c’è nulla
problem-409 = Qualcosa lo impedisce
problem-412 = Qualcuno è stato più veloce
problem-413 = È troppo grande
problem-429 = Troppe richieste
problem-500 = stoa ha avuto un guasto
problem-501 = Non ancora su questo hub
problem-503 = Al momento non disponibile
problem-404-hint = Forse l’indirizzo è scritto male, ciò che c’era è stato eliminato, oppure è privato e non hai eseguito l’accesso come qualcuno che può vederlo.
problem-401-hint = Una parte di questo hub è solo per chi ha eseguito l’accesso e può vederla.
problem-403-hint = Se dovresti poterlo fare, chiedi il permesso a chi ne è proprietario.
problem-500-hint = È un guasto dell’hub, non tuo. Comunica al gestore il numero della richiesta.
problem-429-hint = Aspetta un momento e riprova.
problem-request = Richiesta { $id }
problem-home = Vai alla prima pagina
problem-sign-in-first = Prima accedi
problem-form-too-old = Questo modulo è troppo vecchio o non viene da questa pagina. Torna indietro, ricarica la pagina e invialo di nuovo.

preferences-title = Lingua e tema
preferences-lede = Restano in questo browser.
preferences-language = Lingua
preferences-browser = Come chiede il browser
preferences-theme = Tema
preferences-system = Come il sistema
preferences-light = Chiaro
preferences-dark = Scuro
notice-preferences = Salvato per questo browser.

home-title = Modelli, dataset e Space
home-lede = Un hub aperto per gli strumenti che usi già. Gira qui, sulle tue macchine.
home-trending-models = Modelli di tendenza
home-trending-datasets = Dataset di tendenza
home-trending-spaces = Space di tendenza
home-new = Le novità
home-all-models = Tutti i modelli
home-all-datasets = Tutti i dataset
home-all-spaces = Tutti gli Space
home-start = Comincia da qui
home-start-terminal = In un terminale, con <code>huggingface_hub</code> installato. Da lì in poi tutto ciò che legge <code>HF_ENDPOINT</code> lavora con { $hub }.
home-start-course = È la prima volta? Il corso porta da un hub vuoto a un modello condiviso.
home-start-course-link = Inizia il corso
home-empty-title = Qui non c’è ancora nulla
home-empty = Le tre righe qui sotto portano il primo modello; usa una tua cartella e il nome che vuoi. Oppure crea un repository nel browser e trascinaci i file.
home-empty-new = Crea un modello
home-private-title = Questo hub non è pubblico
home-private = Accedi per vedere che cosa contiene.
home-none-yet = Ancora nulla.

head-disabled = Disattivato
head-like = Mi piace
head-liked = Ti piace
head-tabs = Pagine di questo repository
tab-model-card = Scheda del modello
tab-dataset-card = Scheda del dataset
tab-app = App
tab-files = File
tab-viewer = Visualizzatore dei dati
tab-community = Comunità
tab-settings = Impostazioni
tab-absent = Non ancora su questo hub
