# Elenchi di repository, e ricerca.

row-private = privato
row-gated = su richiesta
row-parameters = Parametri
row-changed = Ultima modifica
row-downloads = Download degli ultimi 30 giorni
row-likes = Mi piace
