# Elenchi di repository, e ricerca.

row-private = privato
row-gated = su richiesta
row-parameters = Parametri
row-changed = Ultima modifica
row-downloads = Download degli ultimi 30 giorni
row-likes = Mi piace

list-filters = Filtri
list-min = almeno
list-max = al massimo
list-apply = Applica
list-range-hint = Per esempio 500M o 7B.
list-search = Filtra per nome
list-order = Ordine
list-remove = togli questo filtro
list-clear = Togli tutti i filtri
list-empty = Chi ha un account può portare il primo, nel browser o con hf upload.
list-nothing-title = Nulla corrisponde
list-nothing = Nessun repository che puoi vedere ha tutto questo. Togli un filtro, o cerca qualcosa di meno preciso.
search-title = Ricerca di «{ $query }»
search-nothing = Nessun nome e nessuna scheda su questo hub contiene questo testo. Prova con meno parole.
search-people = Persone e organizzazioni
search-all = Mostra tutti
facet-task = Compiti
facet-library = Librerie e formati
facet-language = Lingue
facet-license = Licenze
facet-other = Etichette
facet-modality = Modalità
facet-format = Formati
facet-size = Righe
order-trending = Di tendenza
order-downloads = Più scaricati
order-likes = Più apprezzati
order-modified = Modificati di recente
order-created = Più nuovi
order-params = Più parametri
list-more = { $count ->
    [one] ancora { $shown }
   *[other] altri { $shown }
}
search-cards = Nelle schede
search-kinds = Tipo
search-everything = Tutto
list-count = { $count ->
    [one] { $shown } repository
   *[other] { $shown } repository
}
list-count-more = Più di { $shown } repository
