<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>nearby_tray</name>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>Nearby Tray is still running</source>
        <translation>Nearby Tray läuft weiter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>This desktop has no tray, so there is no icon. Others still find this computer, and requests still come up.</source>
        <translation>Dieser Desktop hat keinen Infobereich, daher gibt es kein Symbol. Andere finden diesen Computer weiterhin, und Anfragen werden weiterhin gezeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>Start Nearby Tray again to see its window. The settings have a switch for what closing it does.</source>
        <translation>Starten Sie Nearby Tray noch einmal, um das Fenster zu sehen. Was beim Schließen geschieht, lässt sich in den Einstellungen wählen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>&amp;Keep running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/closing.py"/>
        <source>&amp;Quit, now and from now on</source>
        <translation>&amp;Beenden, jetzt und künftig</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>Enter a PIN</source>
        <translation>PIN eingeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>C&amp;onnect</source>
        <translation>&amp;Verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>&amp;Cancel</source>
        <translation>Abb&amp;rechen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>{peer} shows a PIN now. Type it here.</source>
        <translation>{peer} zeigt jetzt eine PIN. Geben Sie sie hier ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wrong PIN</source>
        <translation>Falsche PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/entry.py"/>
        <source>No PIN to be seen there? {what}</source>
        <translation>Dort ist keine PIN zu sehen? {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>PIN to type there</source>
        <translation>PIN zum Eingeben dort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>Copy the PIN</source>
        <translation>PIN kopieren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>&amp;Hide</source>
        <translation>Aus&amp;blenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Type this PIN on {peer}</source>
        <translation>Geben Sie diese PIN auf {peer} ein</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/pin.py"/>
        <source>It does not ask for a PIN? {what}</source>
        <translation>Dort wird keine PIN verlangt? {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>Incoming request</source>
        <translation>Eingehende Anfrage</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>&amp;Accept</source>
        <translation>&amp;Annehmen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <source>&amp;Decline</source>
        <translation>Ab&amp;lehnen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Remember this group</source>
        <translation>Diese Gruppe mer&amp;ken</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>Trust t&amp;his computer (no code next time)</source>
        <translation>Diesem Com&amp;puter vertrauen (künftig ohne Code)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/request.py"/>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>It can be formed again with neither button nor PIN.</source>
        <translation>Sie lässt sich ohne Knopfdruck und ohne PIN wieder bilden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>A program asks</source>
        <translation>Ein Programm fragt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>&amp;Allow</source>
        <translation>&amp;Erlauben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/dialogs/wish.py"/>
        <source>&amp;Do not allow</source>
        <translation>&amp;Nicht erlauben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Nearby Tray: Troubleshoot</source>
        <translation>Nearby Tray: Fehlersuche</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Check &amp;again</source>
        <translation>&amp;Erneut prüfen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>&amp;Save a report</source>
        <translation>Bericht &amp;speichern</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Versions, these checks and the last lines of the log, with names and addresses masked</source>
        <translation>Versionen, diese Prüfungen und die letzten Zeilen des Protokolls; Namen und Adressen sind unkenntlich gemacht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>C&amp;lose</source>
        <translation>Sch&amp;ließen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Looking… {n} of {all}</source>
        <translation>Suche läuft … {n} von {all}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>That did not work: {why}</source>
        <translation>Das hat nicht geklappt: {why}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Saved as {path}. Read it before you pass it on.</source>
        <translation>Gespeichert als {path}. Lesen Sie den Bericht, bevor Sie ihn weitergeben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>The report could not be saved: {why}</source>
        <translation>Der Bericht ließ sich nicht speichern: {why}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Copy {command}</source>
        <translation>{command} kopieren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/doctor.py"/>
        <location filename="../../nearby_tray/ui/pages/addresses.py"/>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Troubleshoot</source>
        <translation>Fehlersuche</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Visible to</source>
        <translation>Sichtbar für</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Everyone</source>
        <translation>&amp;Alle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Trusted</source>
        <translation>&amp;Vertraute</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Nobody</source>
        <translation>&amp;Niemand</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>&amp;Keep on</source>
        <translation>&amp;Dauerhaft</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Only for {n} &amp;minutes</source>
        <translation>Nur {n} &amp;Minuten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>For {time} more.</source>
        <translation>Noch {time}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/header.py"/>
        <source>Until you change it.</source>
        <translation>Bis Sie es ändern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;A program asks…</source>
        <translation>Ein Progra&amp;mm fragt …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Visible to</source>
        <translation>&amp;Sichtbar für</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Open Nearby Tray</source>
        <translation>Nearby Tray ö&amp;ffnen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Se&amp;ttings…</source>
        <translation>E&amp;instellungen …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Trou&amp;bleshoot…</source>
        <translation>Fehlers&amp;uche …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Quit</source>
        <translation>B&amp;eenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>&amp;Connect nearby</source>
        <translation>In der Nähe ver&amp;binden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>&amp;Host a group…</source>
        <translation>&amp;Gruppe eröffnen …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/seeking.py"/>
        <source>&amp;Stop looking</source>
        <translation>Su&amp;che beenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Answer {peer}…</source>
        <translation>{peer} antworten …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;Enter the PIN…</source>
        <translation>&amp;PIN eingeben …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Disconnect {peer}</source>
        <translation>{peer} trennen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>&amp;End the group</source>
        <translation>&amp;Gruppe beenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>&amp;Disconnect</source>
        <translation>&amp;Trennen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Code {code}</source>
        <translation>Code {code}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Compare the codes…</source>
        <translation>Codes vergleichen …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Show the &amp;PIN</source>
        <translation>&amp;PIN anzeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Remembered group</source>
        <translation>Gemerkte Gruppe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/menu.py"/>
        <source>Everyone, for 10 minutes</source>
        <translation>Alle, 10 Minuten lang</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/addresses.py"/>
        <source>Copy {address}</source>
        <translation>{address} kopieren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>Trust this computer (no code next time)</source>
        <translation>Diesem Computer vertrauen (künftig ohne Code)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>The&amp;y match</source>
        <translation>Sie stimmen ü&amp;berein</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/asking.py"/>
        <source>&amp;Show the request</source>
        <translation>Anfrage &amp;zeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/details.py"/>
        <source>&amp;Fewer details</source>
        <translation>&amp;Weniger Details</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/details.py"/>
        <source>Detai&amp;ls</source>
        <translation>Detai&amp;ls</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Usually ready within 15 seconds.
The ordinary network stays as it is.</source>
        <translation>Meist in höchstens 15 Sekunden fertig.
Das gewöhnliche Netzwerk bleibt, wie es ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>{what}
{then}</source>
        <translation>{what}
{then}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>The ordinary network stays as it is.</source>
        <translation>Das gewöhnliche Netzwerk bleibt, wie es ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>&amp;Give up</source>
        <translation>A&amp;ufgeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>It is being restored; bring the two closer together.</source>
        <translation>Sie wird wiederhergestellt; bringen Sie die beiden näher zusammen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Try {n} of 3</source>
        <translation>Versuch {n} von 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/forming.py"/>
        <source>Saying goodbye, tidying up</source>
        <translation>Verabschieden und aufräumen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Host a group</source>
        <translation>Gruppe eröffnen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>This computer becomes the centre of a Wi-Fi Direct group that phones, TVs and computers can join.</source>
        <translation>Dieser Computer wird zum Mittelpunkt einer Wi-Fi-Direct-Gruppe, der Telefone, Fernseher und Computer beitreten können.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>You are asked for each one. None of them is verified.</source>
        <translation>Bei jedem werden Sie gefragt. Keiner davon ist überprüft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Remember this group</source>
        <translation>Diese Gruppe merken</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Who was in it can come back with neither button nor PIN.</source>
        <translation>Wer darin war, kann ohne Knopfdruck und ohne PIN zurückkommen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Start the group</source>
        <translation>&amp;Gruppe starten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/host.py"/>
        <source>Not possible here now</source>
        <translation>Hier gerade nicht möglich</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>&amp;Dismiss</source>
        <translation>A&amp;usblenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Starting a group</source>
        <translation>Gruppe wird gestartet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Members of the group</source>
        <translation>Mitglieder der Gruppe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>&amp;Invite…</source>
        <translation>&amp;Einladen …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Looking for machines nearby.
{what}</source>
        <translation>Suche nach Geräten in der Nähe.
{what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>End the &amp;group</source>
        <translation>Gruppe &amp;beenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>&amp;Do not let it in</source>
        <translation>Nicht &amp;hereinlassen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Nobody has joined yet.
{what}</source>
        <translation>Noch ist niemand beigetreten.
{what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>On the phone, open Wi-Fi Direct and choose this computer.</source>
        <translation>Öffnen Sie auf dem Telefon Wi-Fi Direct und wählen Sie diesen Computer.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>It may join now. {what}</source>
        <translation>Es darf jetzt beitreten. {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/hosting.py"/>
        <source>Disconnect</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Try &amp;again</source>
        <translation>&amp;Erneut versuchen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Connect again</source>
        <translation>Wieder verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Troubleshoot…</source>
        <translation>Fehlersuche …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Answer</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Possible as soon as the radios are ready.</source>
        <translation>Möglich, sobald die Funkgeräte bereit sind.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Works without any network around.
This computer hears when others look for it.</source>
        <translation>Geht ohne jedes Netzwerk in der Umgebung.
Dieser Computer hört, wenn andere nach ihm suchen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/idle.py"/>
        <source>Works without any network around.</source>
        <translation>Geht ohne jedes Netzwerk in der Umgebung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Wi-Fi power saving</source>
        <translation>WLAN-Energiesparmodus</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Round trip</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>The latest answer</source>
        <translation>Die letzte Antwort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Typical</source>
        <translation>Typisch</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Half of the answers of the last 30 seconds were quicker (p50)</source>
        <translation>Die Hälfte der Antworten der letzten 30 Sekunden war schneller (p50)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Slowest</source>
        <translation>Langsam</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>95 of 100 answers were quicker (p95)</source>
        <translation>95 von 100 Antworten waren schneller (p95)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Lost</source>
        <translation>Verloren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Pings of the last 30 seconds without an answer</source>
        <translation>Pings der letzten 30 Sekunden ohne Antwort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Signal</source>
        <translation>Signal</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Strength of the other's Wi-Fi, as NetworkManager knows it</source>
        <translation>Stärke des WLANs der Gegenseite, soweit NetworkManager sie kennt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>In / out</source>
        <translation>Ein / aus</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Bytes that came and went over this link</source>
        <translation>Bytes, die über diese Verbindung kamen und gingen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Measured with: {what}.</source>
        <translation>Gemessen mit: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>found in {time}</source>
        <translation>gefunden in {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>linked in {time}</source>
        <translation>verbunden in {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>checked in {time}</source>
        <translation>geprüft in {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>{a} / {b}</source>
        <translation>{a} / {b}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/linked.py"/>
        <source>Other computer</source>
        <translation>Anderer Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/page.py"/>
        <source>Details: {detail}</source>
        <translation>Einzelheiten: {detail}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/peer_list.py"/>
        <source>Computers nearby</source>
        <translation>Computer in der Nähe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Sho&amp;w it large</source>
        <translation>&amp;Groß anzeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>Enter the &amp;PIN</source>
        <translation>&amp;PIN eingeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/pin.py"/>
        <source>It shows a PIN now.</source>
        <translation>Dort wird jetzt eine PIN gezeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/seeking.py"/>
        <source>Nobody yet.
Open Nearby Tray on the other computer, or Wi-Fi Direct on the phone.</source>
        <translation>Noch niemand da.
Öffnen Sie Nearby Tray auf dem anderen Computer oder Wi-Fi Direct auf dem Telefon.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Push button</source>
        <translation>&amp;Knopfdruck</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Show a P&amp;IN here</source>
        <translation>PIN &amp;hier anzeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Ente&amp;r its PIN here</source>
        <translation>Die PIN von dort hier &amp;eingeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Remember the &amp;group</source>
        <translation>&amp;Gruppe merken</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Remember the group</source>
        <translation>Gruppe merken</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Back to the list</source>
        <translation>&amp;Zurück zur Liste</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Its group is remembered: it is formed again with neither button nor PIN.</source>
        <translation>Die Gruppe mit diesem Gerät ist gemerkt: Sie wird ohne Knopfdruck und ohne PIN wieder gebildet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Signal {percent}</source>
        <translation>Signal {percent}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <source>No longer here</source>
        <translation>Nicht mehr da</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>It is not seen on Wi-Fi Direct now.</source>
        <translation>Über Wi-Fi Direct ist es gerade nicht zu sehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Nearby Tray answers there</source>
        <translation>Dort antwortet Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>Go back to the list and ask it: that link is verified.</source>
        <translation>Gehen Sie zurück zur Liste und fragen Sie dort an: Diese Verbindung ist überprüft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/pages/ways.py"/>
        <source>&amp;Connect again</source>
        <translation>&amp;Wieder verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/countdown.py"/>
        <source>Time left {time}</source>
        <translation>Verbleibende Zeit {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/digits.py"/>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Not the one you trust</source>
        <translation>Nicht der vertraute</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Trusted</source>
        <translation>Vertraut</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Paired</source>
        <translation>Gekoppelt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Wi-Fi Direct only</source>
        <translation>Nur Wi-Fi Direct</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/peer_row.py"/>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Owns a group</source>
        <translation>Besitzt eine Gruppe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/sparkline.py"/>
        <source>Round-trip times of the last minute</source>
        <translation>Laufzeiten der letzten Minute</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>not yet</source>
        <translation>noch nicht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <source>Meeting again over Bluetooth</source>
        <translation>Wiedersehen über Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/steps.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Making the Wi-Fi link, try {n} of 3</source>
        <translation>WLAN-Verbindung wird hergestellt, Versuch {n} von 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Not verified</source>
        <translation>Nicht überprüft</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Waiting</source>
        <translation>Warten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Link quality: not known yet</source>
        <translation>Verbindungsqualität: noch nicht bekannt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/parts/who.py"/>
        <source>Link quality: {grade}</source>
        <translation>Verbindungsqualität: {grade}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>2.4 GHz, reaches farther</source>
        <translation>2,4 GHz, reicht weiter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>5 GHz, faster</source>
        <translation>5 GHz, schneller</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Ban&amp;d</source>
        <translation>Fre&amp;quenzband</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Pre&amp;fer to own the group</source>
        <translation>&amp;Gruppe bevorzugt besitzen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Ch&amp;annel, MHz</source>
        <translation>Kanal, &amp;MHz</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Channel, as its frequency in MHz</source>
        <translation>Kanal, als Frequenz in MHz</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Any</source>
        <translation>Beliebig</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>O&amp;wner intent</source>
        <translation>B&amp;esitzwunsch</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Wish to own the group, from 0 to 15</source>
        <translation>Wunsch, die Gruppe zu besitzen, von 0 bis 15</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>When two machines agree who owns the group, the higher number wins; equal ones are decided by chance.</source>
        <translation>Wenn zwei Geräte ausmachen, wem die Gruppe gehört, gewinnt die höhere Zahl; bei gleichen entscheidet der Zufall.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Less</source>
        <translation>Weniger</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Advanced…</source>
        <translation>Erweitert …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>The Wi-Fi service chooses, within the band.</source>
        <translation>Der WLAN-Dienst wählt innerhalb des Bandes.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/groups.py"/>
        <source>Channel {channel}. It wins over the band.</source>
        <translation>Kanal {channel}. Er hat Vorrang vor dem Band.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>New identity…</source>
        <translation>Neue Identität …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>For one of two computers whose disk was copied. To others it is a new one: all trust ends, both ways.</source>
        <translation>Für einen von zwei Computern, deren Festplatte kopiert wurde. Für andere ist er dann ein neuer: Alles Vertrauen endet auf beiden Seiten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Keep this one</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Make a new one</source>
        <translation>Neue erstellen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>None yet. Tick “Trust this computer” on both when you connect.</source>
        <translation>Noch keiner. Setzen Sie beim Verbinden auf beiden das Häkchen „Diesem Computer vertrauen“.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Forget</source>
        <translation>Vergessen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Forget {peer}</source>
        <translation>{peer} vergessen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>not linked since</source>
        <translation>seither nicht verbunden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>last linked {when}</source>
        <translation>zuletzt verbunden: {when}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>Since {date}</source>
        <translation>Seit {date}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>today, {time}</source>
        <translation>heute, {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>yesterday, {time}</source>
        <translation>gestern, {time}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/trusted.py"/>
        <source>an unknown day</source>
        <translation>unbekanntem Tag</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>Too long by {n} bytes; others see at most {most}.</source>
        <translation>Um {n} Byte zu lang; andere sehen höchstens {most}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>This name has characters that cannot be shown.</source>
        <translation>Dieser Name enthält Zeichen, die sich nicht anzeigen lassen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>A port is a number from {first} to {last}.</source>
        <translation>Ein Port ist eine Zahl von {first} bis {last}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/valid.py"/>
        <source>There is no Wi-Fi channel there; 2437, 5180 and 5955 are some.</source>
        <translation>Dort gibt es keinen WLAN-Kanal; 2437, 5180 und 5955 sind welche.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Errors only</source>
        <translation>Nur Fehler</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Warnings, too</source>
        <translation>Auch Warnungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Everything, to find a fault</source>
        <translation>Alles, zur Fehlersuche</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>It goes to standard error: into the journal, where systemd or the desktop keeps one. It tells of computers nearby.</source>
        <translation>Es geht auf die Standardfehlerausgabe: ins Journal, wo systemd oder der Desktop eines führt. Darin ist von Computern in der Nähe die Rede.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>The desktop’s autostart entry</source>
        <translation>Der Autostart-Eintrag des Desktops</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>A systemd user service</source>
        <translation>Ein systemd-Benutzerdienst</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Nearby Tray Settings</source>
        <translation>Nearby Tray: Einstellungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Trusted computers</source>
        <translation>Vertraute Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Wi-Fi Direct groups</source>
        <translation>Wi-Fi-Direct-Gruppen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Name</source>
        <translation>&amp;Name</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Name of this computer</source>
        <translation>Name dieses Computers</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Lan&amp;guage</source>
        <translation>Sp&amp;rache</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>{code} (no words for it here)</source>
        <translation>{code} (hier nicht vorhanden)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Show n&amp;otifications</source>
        <translation>&amp;Benachrichtigungen anzeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Start at login, hidden</source>
        <translation>Bei der &amp;Anmeldung verborgen starten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>S&amp;tarted by</source>
        <translation>Ges&amp;tartet durch</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Started at login by</source>
        <translation>Bei der Anmeldung gestartet durch</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Without a tray icon, closing the window &amp;quits</source>
        <translation>Ohne Symbol im &amp;Infobereich beendet das Schließen des Fensters das Programm</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Who may ask</source>
        <translation>Wer anfragen darf</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;How long</source>
        <translation>&amp;Wie lange</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>How long everyone may ask</source>
        <translation>Wie lange alle anfragen dürfen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>A&amp;ccept trusted, paired computers without asking</source>
        <translation>Vertraute, gekoppelte Computer &amp;ohne Rückfrage annehmen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Radio and network</source>
        <translation>Funk und Netzwerk</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>&amp;Bluetooth adapter</source>
        <translation>Bluetooth-A&amp;dapter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>{adapter} (not there now)</source>
        <translation>{adapter} (gerade nicht da)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>UDP &amp;port</source>
        <translation>UDP-&amp;Port</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>The same on both computers; open in their firewalls. Used from the next link on.</source>
        <translation>Auf beiden Computern derselbe, und in ihren Firewalls offen. Gilt ab der nächsten Verbindung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>L&amp;evel</source>
        <translation>&amp;Umfang</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>How much the log says</source>
        <translation>Wie viel das Protokoll sagt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>Until I change it</source>
        <translation>Bis ich es ändere</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/settings/window.py"/>
        <source>For {n} minutes</source>
        <translation>{n} Minuten lang</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Everyone</source>
        <translation>Alle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Nobody</source>
        <translation>Niemand</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to everyone</source>
        <translation>Sichtbar für alle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to trusted computers</source>
        <translation>Sichtbar für vertraute Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Visible to nobody</source>
        <translation>Sichtbar für niemanden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Any computer nearby may ask; you decide.</source>
        <translation>Jeder Computer in der Nähe darf anfragen; Sie entscheiden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Only computers you trust find this one.</source>
        <translation>Nur Computer, denen Sie vertrauen, finden diesen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>No computer finds this one. You can still connect to others.</source>
        <translation>Kein Computer findet diesen. Sie können sich trotzdem mit anderen verbinden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>Only computers paired over Bluetooth, and only over a connection seen to be encrypted; otherwise you are asked.</source>
        <translation>Nur Computer, die über Bluetooth gekoppelt sind, und nur über eine erkennbar verschlüsselte Verbindung; sonst werden Sie gefragt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{backend} chooses band and owner by itself here; this counts where Nearby Tray may control wpa_supplicant.</source>
        <translation>{backend} wählt Band und Besitzer hier selbst; dies gilt, wo Nearby Tray wpa_supplicant steuern darf.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: never own it</source>
        <translation>{n}: nie besitzen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: either way</source>
        <translation>{n}: gleichgültig</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: own it, if I may</source>
        <translation>{n}: besitzen, wenn möglich</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/choices.py"/>
        <source>{n}: own it, or no link</source>
        <translation>{n}: besitzen oder keine Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Not seen</source>
        <translation>Nicht zu sehen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>What keeps this computer from linking</source>
        <translation>Was diesen Computer am Verbinden hindert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Worth knowing</source>
        <translation>Gut zu wissen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Could not be seen</source>
        <translation>War nicht zu sehen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>In order</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Switch Wi-Fi on</source>
        <translation>WLAN einschalten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Switch Bluetooth on</source>
        <translation>Bluetooth einschalten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Open the settings</source>
        <translation>Einstellungen öffnen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} problem</source>
        <translation>{n} Problem</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} problems</source>
        <translation>{n} Probleme</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} warning</source>
        <translation>{n} Warnung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} warnings</source>
        <translation>{n} Warnungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} thing not seen</source>
        <translation>{n} Punkt nicht zu sehen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{n} things not seen</source>
        <translation>{n} Punkte nicht zu sehen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>{what}.</source>
        <translation>{what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/doctor.py"/>
        <source>Everything is in order.</source>
        <translation>Alles ist in Ordnung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Answers come in steps of about 100 ms: one side saves Wi-Fi power. Plug it in, or switch Wi-Fi power saving off, for quicker answers.</source>
        <translation>Die Antworten kommen in Schritten von etwa 100 ms: Eine Seite spart WLAN-Energie. Für schnellere Antworten schließen Sie das Netzteil an oder schalten Sie den WLAN-Energiesparmodus aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Accepted without asking, because it is paired.</source>
        <translation>Ohne Rückfrage angenommen, weil gekoppelt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated pings of Nearby Tray</source>
        <translation>Authentifizierte Pings von Nearby Tray</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>ICMP echo, which proves nothing about who answers</source>
        <translation>ICMP-Echo, das nicht beweist, wer antwortet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>The kernel's neighbour table: there or not, no times</source>
        <translation>Nachbartabelle des Kernels: da oder nicht, keine Zeiten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by pings</source>
        <translation>durch Pings</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by ICMP echo</source>
        <translation>durch ICMP-Echo</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>by the neighbour table</source>
        <translation>durch die Nachbartabelle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Not heard of yet</source>
        <translation>Noch nichts gehört</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Heard {how}</source>
        <translation>Gehört {how}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{share} lost</source>
        <translation>{share} verloren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated with a PIN, too</source>
        <translation>Zusätzlich mit einer PIN authentifiziert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Authenticated with a PIN</source>
        <translation>Mit einer PIN authentifiziert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Push button: the Wi-Fi layer itself is not authenticated; Nearby Tray's own check is</source>
        <translation>Knopfdruck: Die WLAN-Schicht selbst ist nicht authentifiziert; die Prüfung von Nearby Tray ist es</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Push button: not authenticated</source>
        <translation>Knopfdruck: nicht authentifiziert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Wi-Fi layer</source>
        <translation>WLAN-Schicht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Verified by Nearby Tray on both sides.</source>
        <translation>Von Nearby Tray auf beiden Seiten überprüft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Other side</source>
        <translation>Andere Seite</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Group owner</source>
        <translation>Gruppenbesitzer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer</source>
        <translation>Der andere Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{n} MHz</source>
        <translation>{n} MHz</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Made with</source>
        <translation>Hergestellt mit</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Interface</source>
        <translation>Schnittstelle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>Measured with</source>
        <translation>Gemessen mit</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <source>{channel} ({frequency} MHz, {band} GHz band)</source>
        <translation>{channel} ({frequency} MHz, {band}-GHz-Band)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/links.py"/>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>.</source>
        <extracomment>between the whole and the part of a number</extracomment>
        <translation>,</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/names.py"/>
        <source>Unnamed computer</source>
        <translation>Unbenannter Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/names.py"/>
        <source>“{name}”</source>
        <translation>„{name}“</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>{peer} wants to connect</source>
        <translation>{peer} möchte sich verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Open the request to decide.</source>
        <translation>Öffnen Sie die Anfrage, um zu entscheiden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Accept only if both screens show {code}.</source>
        <translation>Nehmen Sie nur an, wenn beide Bildschirme {code} zeigen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>You trust this computer.</source>
        <translation>Sie vertrauen diesem Computer.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Missed request</source>
        <translation>Verpasste Anfrage</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peer} wanted to connect.</source>
        <translation>{peer} wollte sich verbinden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Its address here is {address}.</source>
        <translation>Seine Adresse hier ist {address}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}</source>
        <translation>Verbunden mit {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Trying to restore the link.</source>
        <translation>Es wird versucht, die Verbindung wiederherzustellen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Link restored</source>
        <translation>Verbindung wiederhergestellt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Linked with {peer} again.</source>
        <translation>Wieder verbunden mit {peer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peer} shows a PIN</source>
        <translation>{peer} zeigt eine PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Type it in Nearby Tray.</source>
        <translation>Geben Sie sie in Nearby Tray ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>It is empty now.</source>
        <translation>Sie ist jetzt leer.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>One member.</source>
        <translation>Ein Mitglied.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{n} members.</source>
        <translation>{n} Mitglieder.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peers} joined your group</source>
        <translation>Neu in Ihrer Gruppe: {peers}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>{peers} left your group</source>
        <translation>Nicht mehr in Ihrer Gruppe: {peers}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Your group is up</source>
        <translation>Ihre Gruppe steht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/notices.py"/>
        <source>Others can join it now.</source>
        <translation>Andere können ihr jetzt beitreten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} B</source>
        <translation>{n} B</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} kB</source>
        <translation>{n} kB</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} GB</source>
        <translation>{n} GB</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} TB</source>
        <translation>{n} TB</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} ms</source>
        <translation>{n} ms</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} %</source>
        <translation>{n} %</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/numbers.py"/>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Laptop</source>
        <translation>Laptop</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Desktop</source>
        <translation>Desktop</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Phone</source>
        <translation>Telefon</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Tablet</source>
        <translation>Tablet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>TV</source>
        <translation>Fernseher</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Computer</source>
        <translation>Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>Gone from Wi-Fi Direct for the moment.</source>
        <translation>Im Augenblick über Wi-Fi Direct nicht zu sehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>{kind} ({model})</source>
        <translation>{kind} ({model})</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/peers.py"/>
        <source>signal {n} %</source>
        <translation>Signal {n} %</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>PIN {digits}</source>
        <translation>PIN {digits}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>A PIN has digits only.</source>
        <translation>Eine PIN besteht nur aus Ziffern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>A PIN has {n} digits.</source>
        <translation>Eine PIN hat {n} Ziffern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>The last digit does not fit: check the number.</source>
        <translation>Die letzte Ziffer passt nicht: Prüfen Sie die Zahl.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>The digits fit together.</source>
        <translation>Die Ziffern passen zusammen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits missing, unless it shows only {short}.</source>
        <translation>{n} Ziffern fehlen, es sei denn, dort stehen nur {short}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>One digit missing.</source>
        <translation>Eine Ziffer fehlt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits missing.</source>
        <translation>{n} Ziffern fehlen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>{n} digits; spaces do not matter.</source>
        <translation>{n} Ziffern; Leerzeichen spielen keine Rolle.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>Here is a new one.</source>
        <translation>Hier ist eine neue.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>It shows a new one.</source>
        <translation>Dort wird eine neue gezeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>This is the last try.</source>
        <translation>Das ist der letzte Versuch.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/pins.py"/>
        <source>There are two tries left.</source>
        <translation>Es bleiben zwei Versuche.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Push button</source>
        <translation>Knopfdruck</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Show a PIN here</source>
        <translation>PIN hier anzeigen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Enter its PIN here</source>
        <translation>Die PIN von dort hier eingeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It asks there whether to connect: accept it on its screen.</source>
        <translation>Dort wird gefragt, ob verbunden werden soll: Nehmen Sie es auf dem Bildschirm dort an.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN appears here; type it there.</source>
        <translation>Hier erscheint eine PIN; geben Sie sie dort ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN appears there; type it here.</source>
        <translation>Dort erscheint eine PIN; geben Sie sie hier ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that it has no push button.</source>
        <translation>Nach eigener Angabe gibt es dort keinen Knopfdruck.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that no PIN can be typed there.</source>
        <translation>Nach eigener Angabe lässt sich dort keine PIN eingeben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It says that it cannot show a PIN.</source>
        <translation>Nach eigener Angabe kann dort keine PIN gezeigt werden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It does not run Nearby Tray, or does not answer with it. It can be linked with by Wi-Fi Direct alone, not verified.</source>
        <translation>Dort läuft kein Nearby Tray, oder es antwortet nicht. Eine Verbindung geht allein über Wi-Fi Direct und ist nicht überprüft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Not verified: it does not run Nearby Tray.</source>
        <translation>Nicht überprüft: Dort läuft kein Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>{Peer} does not run Nearby Tray. Nothing proves that it is what it says.</source>
        <translation>Auf {Peer} läuft kein Nearby Tray. Nichts beweist, dass es das ist, was es zu sein vorgibt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Go on only if you know that machine, and that somebody there wants this now.</source>
        <translation>Machen Sie nur weiter, wenn Sie dieses Gerät kennen und jemand dort das jetzt will.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>Open Wi-Fi Direct in its settings, and keep that page open.</source>
        <translation>Öffnen Sie dort in den Einstellungen Wi-Fi Direct und lassen Sie die Seite offen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A PIN needs NetworkManager 1.60 or newer, or the right to control wpa_supplicant.</source>
        <translation>Eine PIN braucht NetworkManager 1.60 oder neuer oder das Recht, wpa_supplicant zu steuern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>It owns a group already, and joining one needs the right to control wpa_supplicant.</source>
        <translation>Dort besteht schon eine Gruppe; ihr beizutreten braucht das Recht, wpa_supplicant zu steuern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>A group of your own needs the right to control wpa_supplicant.</source>
        <translation>Eine eigene Gruppe braucht das Recht, wpa_supplicant zu steuern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect by push button</source>
        <translation>möchte sich per Knopfdruck verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect with a PIN shown here</source>
        <translation>möchte sich mit einer hier gezeigten PIN verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/plain.py"/>
        <source>wants to connect with a PIN that it shows</source>
        <translation>möchte sich mit einer dort gezeigten PIN verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth service is not running</source>
        <translation>Der Bluetooth-Dienst läuft nicht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth service of this computer (BlueZ) is not running.</source>
        <translation>Der Bluetooth-Dienst dieses Computers (BlueZ) läuft nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Install BlueZ and start it: systemctl enable --now bluetooth.</source>
        <translation>Installieren Sie BlueZ und starten Sie es: systemctl enable --now bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No Bluetooth adapter</source>
        <translation>Kein Bluetooth-Adapter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer has no Bluetooth adapter that works.</source>
        <translation>Dieser Computer hat keinen Bluetooth-Adapter, der funktioniert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Plug in a Bluetooth adapter, or switch the built-in one on in the firmware settings.</source>
        <translation>Stecken Sie einen Bluetooth-Adapter ein oder schalten Sie den eingebauten in den Firmware-Einstellungen ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth is off</source>
        <translation>Bluetooth ist aus</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Computers nearby are found over Bluetooth, and it is switched off.</source>
        <translation>Computer in der Nähe werden über Bluetooth gefunden, und das ist ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Switch Bluetooth on; Nearby Tray notices by itself.</source>
        <translation>Schalten Sie Bluetooth ein; Nearby Tray merkt es von selbst.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bluetooth refused</source>
        <translation>Bluetooth hat abgelehnt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth service did not let Nearby Tray call or answer other computers.</source>
        <translation>Der Bluetooth-Dienst ließ Nearby Tray andere Computer weder rufen noch ihnen antworten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Switch Bluetooth off and on again. If that does not help, another program may use all its advertisements.</source>
        <translation>Schalten Sie Bluetooth aus und wieder ein. Hilft das nicht, belegt vielleicht ein anderes Programm alle Bluetooth-Ankündigungen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager is not running</source>
        <translation>NetworkManager läuft nicht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link is made by NetworkManager, and it is not running on this computer.</source>
        <translation>Die Verbindung stellt NetworkManager her, und der läuft auf diesem Computer nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Install NetworkManager and start it: systemctl enable --now NetworkManager.</source>
        <translation>Installieren Sie NetworkManager und starten Sie ihn: systemctl enable --now NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No Wi-Fi Direct</source>
        <translation>Kein Wi-Fi Direct</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi of this computer offers no Wi-Fi Direct.</source>
        <translation>Das WLAN dieses Computers bietet kein Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Check that wpa_supplicant runs (NetworkManager finds no Wi-Fi Direct with iwd), or try another Wi-Fi adapter.</source>
        <translation>Prüfen Sie, ob wpa_supplicant läuft (mit iwd findet NetworkManager kein Wi-Fi Direct), oder versuchen Sie es mit einem anderen WLAN-Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi is off</source>
        <translation>WLAN ist aus</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link itself is Wi-Fi, and it is switched off.</source>
        <translation>Die Verbindung selbst ist WLAN, und das ist ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch Wi-Fi on; no network needs to be in reach.</source>
        <translation>Schalten Sie WLAN ein; ein Netzwerk muss nicht in Reichweite sein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not allowed to make a link</source>
        <translation>Keine Berechtigung für eine Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This account may not make Wi-Fi connections of its own.</source>
        <translation>Dieses Konto darf keine eigenen WLAN-Verbindungen herstellen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Log in at the computer itself, or ask its administrator for the right to control networks.</source>
        <translation>Melden Sie sich direkt am Computer an oder bitten Sie den Systemverwalter um das Recht, Netzwerke zu steuern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi Direct is in use</source>
        <translation>Wi-Fi Direct wird benutzt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another program uses Wi-Fi Direct on this computer.</source>
        <translation>Ein anderes Programm auf diesem Computer benutzt Wi-Fi Direct.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Close it (screen casting is a usual one), then try again.</source>
        <translation>Schließen Sie es (oft ist es eine Bildschirmübertragung) und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager did not take the link</source>
        <translation>NetworkManager hat die Verbindung nicht angenommen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager changed or refused the settings of the link.</source>
        <translation>NetworkManager hat die Einstellungen der Verbindung geändert oder abgelehnt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Update NetworkManager, or tell us its version with this message.</source>
        <translation>Aktualisieren Sie NetworkManager oder teilen Sie uns mit dieser Meldung seine Version mit.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody answered</source>
        <translation>Niemand hat geantwortet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No computer nearby answered.</source>
        <translation>Kein Computer in der Nähe hat geantwortet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open Nearby Tray on the other computer, see that it is visible, and try again.</source>
        <translation>Öffnen Sie Nearby Tray auf dem anderen Computer, achten Sie darauf, dass er sichtbar ist, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>No answer</source>
        <translation>Keine Antwort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody answered the request on {peer} in time.</source>
        <translation>Auf {peer} hat niemand rechtzeitig auf die Anfrage geantwortet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Ask the person there to look at the screen, then try again.</source>
        <translation>Bitten Sie die Person dort, auf den Bildschirm zu sehen, und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Declined</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The request was declined on {peer}.</source>
        <translation>Die Anfrage wurde auf {peer} abgelehnt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Agree with the person there first, then try again.</source>
        <translation>Sprechen Sie sich erst mit der Person dort ab und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Codes not compared</source>
        <translation>Codes nicht verglichen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody said in time that both screens show the same code.</source>
        <translation>Niemand hat rechtzeitig bestätigt, dass beide Bildschirme denselben Code zeigen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Ask again, and compare the codes on both screens.</source>
        <translation>Fragen Sie noch einmal an und vergleichen Sie die Codes auf beiden Bildschirmen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer is not ready</source>
        <translation>Der andere Computer ist nicht bereit</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi is off or not ready on {peer}.</source>
        <translation>Auf {peer} ist WLAN aus oder nicht bereit.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Turn on Wi-Fi there, then try again.</source>
        <translation>Schalten Sie dort WLAN ein und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Two computers with one identity</source>
        <translation>Zwei Computer mit einer Identität</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} has the same identity as this computer: the disk of one was copied to the other.</source>
        <translation>{Peer} hat dieselbe Identität wie dieser Computer: Die Festplatte des einen wurde auf den anderen kopiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Make a new identity on one of them, in Nearby Tray’s settings.</source>
        <translation>Erzeugen Sie auf einem der beiden eine neue Identität, in den Einstellungen von Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Disconnected</source>
        <translation>Getrennt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} disconnected.</source>
        <translation>{Peer} hat die Verbindung getrennt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>To connect again, ask it again.</source>
        <translation>Um wieder zu verbinden, fragen Sie dort noch einmal an.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer is busy</source>
        <translation>Der andere Computer ist beschäftigt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} is linked, or being linked, with another computer.</source>
        <translation>{Peer} ist mit einem anderen Computer verbunden oder verbindet sich gerade.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wait until it is free, then try again.</source>
        <translation>Warten Sie, bis er frei ist, und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not accepted</source>
        <translation>Nicht angenommen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} does not take requests from this computer.</source>
        <translation>{Peer} nimmt von diesem Computer keine Anfragen an.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Set “Visible to” to “Everyone” there, then try again.</source>
        <translation>Stellen Sie dort „Sichtbar für“ auf „Alle“ und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Cancelled there</source>
        <translation>Dort abgebrochen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The link was cancelled on {peer}.</source>
        <translation>Die Verbindung wurde auf {peer} abgebrochen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again when the person there is ready.</source>
        <translation>Versuchen Sie es erneut, wenn die Person dort so weit ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer could not go on</source>
        <translation>Der andere Computer konnte nicht weitermachen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} gave up while {stage}.</source>
        <translation>{Peer} hat aufgegeben (Stand: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Look there for the reason, then try again.</source>
        <translation>Sehen Sie dort nach dem Grund und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The other computer went away</source>
        <translation>Der andere Computer ist fort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Bluetooth conversation with {peer} broke off while {stage}.</source>
        <translation>Das Bluetooth-Gespräch mit {peer} ist abgerissen (Stand: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Bring the two closer together and try again.</source>
        <translation>Bringen Sie die beiden näher zusammen und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Could not be verified</source>
        <translation>Ließ sich nicht überprüfen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} said something wrong while {stage}, so nothing was linked.</source>
        <translation>{Peer} hat etwas Falsches gesagt (Stand: {stage}), darum wurde nichts verbunden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Update Nearby Tray on both. If it happens again in the same place, somebody may be interfering: do not link here.</source>
        <translation>Aktualisieren Sie Nearby Tray auf beiden. Geschieht es am selben Ort wieder, stört vielleicht jemand mit Absicht: Verbinden Sie dann hier nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nearby Tray is not running there</source>
        <translation>Dort läuft Nearby Tray nicht</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} was seen on Wi-Fi Direct only and cannot be asked.</source>
        <translation>{Peer} war nur über Wi-Fi Direct zu sehen und lässt sich nicht fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open Nearby Tray on it, then try again.</source>
        <translation>Öffnen Sie dort Nearby Tray und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not found on Wi-Fi</source>
        <translation>Im WLAN nicht gefunden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} agreed, but did not find each other on Wi-Fi.</source>
        <translation>Zwischen diesem Computer und {peer} bestand Einigkeit, aber im WLAN haben sie sich nicht gefunden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Check that Wi-Fi is on in both, bring them closer together and try again.</source>
        <translation>Prüfen Sie, ob WLAN auf beiden an ist, bringen Sie sie näher zusammen und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was not made</source>
        <translation>Die WLAN-Verbindung kam nicht zustande</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The two Wi-Fi radios did not agree on a link, in all tries.</source>
        <translation>Die beiden WLAN-Funkgeräte haben sich in keinem der Versuche auf eine Verbindung geeinigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; switching Wi-Fi off and on again on both sides helps when it keeps failing.</source>
        <translation>Versuchen Sie es erneut; schlägt es immer wieder fehl, hilft es, WLAN auf beiden Seiten aus- und wieder einzuschalten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Linked, but silent</source>
        <translation>Verbunden, aber stumm</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was made, but {peer} did not answer on it.</source>
        <translation>Die WLAN-Verbindung steht, aber von {peer} kam darüber keine Antwort.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A firewall may be in the way: allow UDP port {port} on both, then try again.</source>
        <translation>Vielleicht ist eine Firewall im Weg: Erlauben Sie auf beiden den UDP-Port {port} und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No address</source>
        <translation>Keine Adresse</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link was made, but it has no network address that leaves this computer's other networks alone.</source>
        <translation>Die WLAN-Verbindung steht, hat aber keine Netzwerkadresse, die die anderen Netzwerke dieses Computers in Ruhe lässt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again. If it happens each time, another network of this computer uses the same addresses.</source>
        <translation>Versuchen Sie es erneut. Geschieht es jedes Mal, benutzt ein anderes Netzwerk dieses Computers dieselben Adressen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Port is taken</source>
        <translation>Port ist belegt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another program on this computer uses the UDP port that the link is checked with.</source>
        <translation>Ein anderes Programm auf diesem Computer benutzt den UDP-Port, über den die Verbindung geprüft wird.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Close that program, or choose another port in the settings, then try again.</source>
        <translation>Schließen Sie dieses Programm oder wählen Sie in den Einstellungen einen anderen Port und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Link lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} stopped answering.</source>
        <translation>{Peer} antwortet nicht mehr.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wi-Fi link ended</source>
        <translation>WLAN-Verbindung beendet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi link with {peer} ended by itself.</source>
        <translation>Die WLAN-Verbindung mit {peer} ist von selbst abgebrochen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; if it keeps ending, bring the two closer together.</source>
        <translation>Versuchen Sie es erneut; bricht sie immer wieder ab, bringen Sie die beiden näher zusammen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A system service restarted</source>
        <translation>Ein Systemdienst wurde neu gestartet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>NetworkManager or BlueZ restarted, and the link went with it.</source>
        <translation>NetworkManager oder BlueZ wurde neu gestartet, und damit ging die Verbindung verloren.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again now.</source>
        <translation>Versuchen Sie es jetzt erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The PIN that was typed is not the one that the other side showed.</source>
        <translation>Die eingegebene PIN ist nicht die, die auf der anderen Seite gezeigt wurde.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again: each attempt has a new PIN.</source>
        <translation>Versuchen Sie es erneut: Jeder Versuch hat eine neue PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Two buttons at once</source>
        <translation>Zwei Knöpfe zugleich</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Another machine nearby was connecting by push button at the same time, so neither was let in.</source>
        <translation>Ein anderes Gerät in der Nähe verband sich zur selben Zeit per Knopfdruck, darum wurde keines zugelassen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Wait two minutes and try again, or use a PIN.</source>
        <translation>Warten Sie zwei Minuten und versuchen Sie es erneut, oder nehmen Sie eine PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The two want different ways</source>
        <translation>Die beiden wollen Verschiedenes</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>One side wants the push button, the other one a PIN.</source>
        <translation>Die eine Seite will den Knopfdruck, die andere eine PIN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose the way that {peer} offers, then try again.</source>
        <translation>Wählen Sie den Weg, der von {peer} angeboten wird, und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Refused on Wi-Fi</source>
        <translation>Über WLAN abgelehnt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} refused the Wi-Fi link.</source>
        <translation>{Peer} hat die WLAN-Verbindung abgelehnt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Accept it on its screen, or forget this computer in its Wi-Fi Direct settings, then try again.</source>
        <translation>Nehmen Sie sie auf dem Bildschirm dort an oder vergessen Sie diesen Computer in den Wi-Fi-Direct-Einstellungen dort, und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nobody agreed there</source>
        <translation>Dort hat niemand zugestimmt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} answers on Wi-Fi, but nobody there agreed in time.</source>
        <translation>{Peer} antwortet im WLAN, aber dort hat niemand rechtzeitig zugestimmt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Open its Wi-Fi Direct settings, keep them open, and accept what it asks; then try again.</source>
        <translation>Öffnen Sie dort die Wi-Fi-Direct-Einstellungen, lassen Sie sie offen und nehmen Sie an, was gefragt wird; versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Channel not allowed</source>
        <translation>Kanal nicht erlaubt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The chosen channel may not be used here: the rules of this country or the Wi-Fi adapter forbid it.</source>
        <translation>Der gewählte Kanal darf hier nicht benutzt werden: Die Vorschriften dieses Landes oder der WLAN-Adapter verbieten es.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose another channel, or “Automatic”, in the settings.</source>
        <translation>Wählen Sie in den Einstellungen einen anderen Kanal oder „Automatisch“.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Busy on another channel</source>
        <translation>Auf einem anderen Kanal beschäftigt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi adapter can be on one channel only, and the ordinary network is on another one.</source>
        <translation>Der WLAN-Adapter kann nur auf einem Kanal sein, und das gewöhnliche Netzwerk ist auf einem anderen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose “Automatic” in the settings, or leave that network first.</source>
        <translation>Wählen Sie in den Einstellungen „Automatisch“ oder verlassen Sie vorher jenes Netzwerk.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No common channel</source>
        <translation>Kein gemeinsamer Kanal</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} have no Wi-Fi channel in common.</source>
        <translation>Mit {peer} hat dieser Computer keinen WLAN-Kanal gemeinsam.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose “Automatic” or another band in the settings, then try again.</source>
        <translation>Wählen Sie in den Einstellungen „Automatisch“ oder ein anderes Band und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Both want to own the group</source>
        <translation>Beide wollen die Gruppe besitzen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>This computer and {peer} both insist on owning the group.</source>
        <translation>Zwischen diesem Computer und {peer} gibt es keine Einigung: Beide wollen die Gruppe besitzen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Lower the owner intent in the settings of one of them, then try again.</source>
        <translation>Verringern Sie in den Einstellungen von einem der beiden den Besitzwunsch und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Not possible with this Wi-Fi service</source>
        <translation>Mit diesem WLAN-Dienst nicht möglich</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>The Wi-Fi service of this computer cannot do that.</source>
        <translation>Der WLAN-Dienst dieses Computers kann das nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Use the push button. A PIN needs NetworkManager 1.60, a group of your own needs the right to control wpa_supplicant.</source>
        <translation>Nehmen Sie den Knopfdruck. Eine PIN braucht NetworkManager 1.60, eine eigene Gruppe das Recht, wpa_supplicant zu steuern.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Group forgotten there</source>
        <translation>Gruppe dort vergessen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} no longer knows the group that both were to remember.</source>
        <translation>{Peer} kennt die Gruppe nicht mehr, die sich beide merken sollten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Connect to it again, and have it remembered anew.</source>
        <translation>Verbinden Sie sich erneut und lassen Sie die Gruppe neu merken.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>You cancelled while {stage}.</source>
        <translation>Sie haben abgebrochen (Stand: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nothing is left behind; connect again whenever you like.</source>
        <translation>Nichts bleibt zurück; verbinden Sie wieder, wann immer Sie möchten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Something went wrong in Nearby Tray</source>
        <translation>In Nearby Tray ist etwas schiefgegangen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>An unexpected error happened while {stage}.</source>
        <translation>Ein unerwarteter Fehler ist aufgetreten (Stand: {stage}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again. If it happens again, please report it with the details below.</source>
        <translation>Versuchen Sie es erneut. Geschieht es wieder, melden Sie es bitte mit den Einzelheiten unten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>No PIN was typed</source>
        <translation>Keine PIN eingegeben</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} showed a PIN, and it was not typed here in time.</source>
        <translation>{Peer} hat eine PIN gezeigt, und sie wurde hier nicht rechtzeitig eingegeben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Try again; it shows a new one each time.</source>
        <translation>Versuchen Sie es erneut; jedes Mal wird eine neue gezeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>You did not answer</source>
        <translation>Sie haben nicht geantwortet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>{Peer} asked for a link, and nobody here answered in time.</source>
        <translation>{Peer} wollte sich verbinden, und hier hat niemand rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Nothing happened. To link now, use “Connect nearby” on either computer.</source>
        <translation>Es ist nichts geschehen. Um sich jetzt zu verbinden, wählen Sie auf einem der beiden Computer „In der Nähe verbinden“.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>idle</source>
        <translation>untätig</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>looking for computers</source>
        <translation>Suche nach Computern</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>asking</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>you were being asked</source>
        <translation>Sie wurden gefragt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>finding each other on Wi-Fi</source>
        <translation>gegenseitige Suche im WLAN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>making the Wi-Fi link</source>
        <translation>Herstellen der WLAN-Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>checking the link</source>
        <translation>Prüfen der Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>linked</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>restoring the link</source>
        <translation>Wiederherstellen der Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>ending the link</source>
        <translation>Beenden der Verbindung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>waiting for the PIN</source>
        <translation>Warten auf die PIN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>hosting a group</source>
        <translation>Gruppe eröffnet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>the other computer</source>
        <translation>dem anderen Computer</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>A file of yours could not be read</source>
        <translation>Eine Ihrer Dateien war nicht lesbar</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>So that nothing is more open than you chose, the careful choice is in force.</source>
        <translation>Damit nichts offener ist, als Sie es gewählt haben, gilt die vorsichtige Einstellung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/reasons.py"/>
        <source>Choose in the panel who may see this computer, and look through the settings.</source>
        <translation>Wählen Sie im Fenster, wer diesen Computer sehen darf, und prüfen Sie die Einstellungen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Code {digits}</source>
        <translation>Code {digits}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to connect to this computer</source>
        <translation>möchte sich mit diesem Computer verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to send or get files</source>
        <translation>möchte Dateien senden oder holen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>wants to share a screen</source>
        <translation>möchte einen Bildschirm teilen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>If both of you trust the other, there is no code to compare next time.</source>
        <translation>Wenn beide einander vertrauen, gibt es nächstes Mal keinen Code zu vergleichen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>While you are linked, it can reach programs on this computer that accept network connections.</source>
        <translation>Solange Sie verbunden sind, erreicht er Programme auf diesem Computer, die Netzwerkverbindungen annehmen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Not the computer you trust</source>
        <translation>Nicht der Computer, dem Sie vertrauen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>It calls itself {peer}, the name of a computer you trust, but it cannot prove to be that one.</source>
        <translation>Er nennt sich {peer} wie ein Computer, dem Sie vertrauen, kann aber nicht beweisen, dass er es ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Go on only if you know why (a new installation, for instance), and compare the code with care.</source>
        <translation>Machen Sie nur weiter, wenn Sie wissen, warum (etwa eine Neuinstallation), und vergleichen Sie den Code sorgfältig.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to connect this computer to {peer}.</source>
        <translation>{Program} möchte diesen Computer mit {peer} verbinden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to open a Wi-Fi Direct group on this computer.</source>
        <translation>{Program} möchte auf diesem Computer eine Wi-Fi-Direct-Gruppe eröffnen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>{Program} asks to invite {peer} into your group.</source>
        <translation>{Program} möchte {peer} in Ihre Gruppe einladen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>It runs on this computer, as you. Nothing begins before you allow it.</source>
        <translation>Es läuft auf diesem Computer, unter Ihrem Namen. Nichts beginnt, bevor Sie es erlauben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept to let it connect. There is no code to compare.</source>
        <translation>Mit „Annehmen“ darf es sich verbinden. Es gibt keinen Code zu vergleichen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept, and this computer shows a PIN to type there.</source>
        <translation>Nach „Annehmen“ zeigt dieser Computer eine PIN, die dort eingegeben wird.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>To accept, type the PIN that it shows.</source>
        <translation>Um anzunehmen, geben Sie die PIN ein, die dort gezeigt wird.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Agreeing on keys…</source>
        <translation>Schlüssel werden vereinbart …</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Waiting for {peer} to compare the code.</source>
        <translation>Warten, bis auf {peer} der Code verglichen ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>You trust this computer, so there is no code to compare.</source>
        <translation>Sie vertrauen diesem Computer, also gibt es keinen Code zu vergleichen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Accept only if both codes match.</source>
        <translation>Nehmen Sie nur an, wenn beide Codes übereinstimmen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for {peer} to accept</source>
        <translation>Warten auf die Zustimmung von {peer}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Do both screens show this code? If theirs is different, cancel.</source>
        <translation>Zeigen beide Bildschirme diesen Code? Wenn dort ein anderer steht, brechen Sie ab.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>The same code must be on both screens. {peer} accepts first.</source>
        <translation>Auf beiden Bildschirmen muss derselbe Code stehen. Zuerst wird auf {peer} angenommen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Missed request: {peer} wanted to connect.</source>
        <translation>Verpasste Anfrage: {peer} wollte sich verbinden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>A program</source>
        <translation>Ein Programm</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by a nearby-tray command.</source>
        <translation>Gewünscht durch einen nearby-tray-Befehl.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by {program}.</source>
        <translation>Gewünscht von {program}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/requests.py"/>
        <source>Asked for by a program.</source>
        <translation>Gewünscht von einem Programm.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Looking for computers nearby</source>
        <translation>Suche nach Computern in der Nähe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for the other side to accept</source>
        <translation>Warten, bis die andere Seite annimmt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Somebody wants to connect</source>
        <translation>Jemand möchte sich verbinden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Finding each other on Wi-Fi</source>
        <translation>Gegenseitige Suche im WLAN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Making the Wi-Fi link</source>
        <translation>WLAN-Verbindung wird hergestellt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Checking the link</source>
        <translation>Verbindung wird geprüft</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Restoring the link</source>
        <translation>Verbindung wird wiederhergestellt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Disconnecting</source>
        <translation>Verbindung wird getrennt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for its PIN</source>
        <translation>Warten auf die PIN von dort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group</source>
        <translation>Eigene Gruppe</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Fair</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Weak</source>
        <translation>Schwach</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, good</source>
        <translation>Verbunden mit {peer}, gut</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, fair</source>
        <translation>Verbunden mit {peer}, mittel</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, weak</source>
        <translation>Verbunden mit {peer}, schwach</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Linked with {peer}, no answer</source>
        <translation>Verbunden mit {peer}, keine Antwort</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Compare the code with {peer}</source>
        <translation>Code mit {peer} vergleichen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Waiting for {peer} to compare the code</source>
        <translation>Warten, bis auf {peer} der Code verglichen ist</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Enter the PIN that {peer} shows</source>
        <translation>Geben Sie die PIN ein, die auf {peer} gezeigt wird</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Type the PIN on {peer}</source>
        <translation>Geben Sie die PIN auf {peer} ein</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Restoring the link with {peer}, try {n} of 3</source>
        <translation>Verbindung mit {peer} wird wiederhergestellt, Versuch {n} von 3</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group, nobody in it yet</source>
        <translation>Eigene Gruppe, noch niemand darin</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group with one member</source>
        <translation>Eigene Gruppe mit einem Mitglied</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Hosting a group with {n} members</source>
        <translation>Eigene Gruppe mit {n} Mitgliedern</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/states.py"/>
        <source>Compare the code</source>
        <translation>Code vergleichen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/ui/text/translate.py"/>
        <source>, </source>
        <extracomment>between the words of a list</extracomment>
        <translation>, </translation>
    </message>
    <message>
        <location filename="../../nearby_tray/app.py"/>
        <location filename="../../nearby_tray/demo.py"/>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>Started at login by the desktop’s autostart entry {path}.</source>
        <translation>Wird bei der Anmeldung durch den Autostart-Eintrag {path} des Desktops gestartet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>This desktop runs autostart entries only with a helper such as dex.</source>
        <translation>Dieser Desktop führt Autostart-Einträge nur mit einem Hilfsprogramm wie dex aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>Started at login by the systemd user service {path}.</source>
        <translation>Wird bei der Anmeldung durch den systemd-Benutzerdienst {path} gestartet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>But this desktop has not started {target}, so the service will not start with it.</source>
        <translation>Dieser Desktop hat aber {target} nicht gestartet, daher startet der Dienst nicht mit ihm.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>To have it again, switch starting at login off and on.</source>
        <translation>Um das wieder zu haben, schalten Sie den Start bei der Anmeldung aus und wieder ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>That is not what is chosen here; to end it, switch starting at login on and off.</source>
        <translation>Das ist hier nicht so gewählt; um es zu beenden, schalten Sie den Start bei der Anmeldung ein und wieder aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>No systemd user manager answers here, so its service cannot start Nearby Tray; choose the autostart entry.</source>
        <translation>Hier antwortet kein systemd für Benutzer, daher kann sein Dienst Nearby Tray nicht starten; wählen Sie den Autostart-Eintrag.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>The service {unit} is gone.</source>
        <translation>Der Dienst {unit} ist nicht mehr da.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>systemd does not start it at login: {unit} is {state}.</source>
        <translation>systemd startet es bei der Anmeldung nicht: {unit} ist {state}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: {path} has been switched off (Hidden=true).</source>
        <translation>Es wird bei der Anmeldung nicht gestartet: {path} ist abgeschaltet (Hidden=true).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: the desktop’s list of startup programs has switched {path} off.</source>
        <translation>Es wird bei der Anmeldung nicht gestartet: In der Liste der Startprogramme des Desktops ist {path} abgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: {path} is for other desktops only.</source>
        <translation>Es wird bei der Anmeldung nicht gestartet: {path} gilt nur für andere Desktops.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: what {path} starts is not there.</source>
        <translation>Es wird bei der Anmeldung nicht gestartet: Was {path} startet, gibt es nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/autostart.py"/>
        <source>It is not started at login: the autostart entry is gone.</source>
        <translation>Es wird bei der Anmeldung nicht gestartet: Der Autostart-Eintrag ist nicht mehr da.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is not running, so it cannot be asked.</source>
        <translation>BlueZ läuft nicht, also lässt es sich nicht fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>There is no Bluetooth adapter to look at.</source>
        <translation>Es gibt keinen Bluetooth-Adapter, den man ansehen könnte.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ, by which computers find each other, can be asked over it only.</source>
        <translation>BlueZ, durch das Computer sich finden, lässt sich nur darüber fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start the D-Bus system bus.</source>
        <translation>Starten Sie den D-Bus-Systembus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is installed and not running.</source>
        <translation>BlueZ ist installiert und läuft nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Start Bluetooth.</source>
        <translation>Starten Sie Bluetooth.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ is not installed.</source>
        <translation>BlueZ ist nicht installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Install BlueZ.</source>
        <translation>Installieren Sie BlueZ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>BlueZ {version} is running.</source>
        <translation>BlueZ {version} läuft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>(version not told)</source>
        <translation>(Version nicht genannt)</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Version 5.55 is needed.</source>
        <translation>Version 5.55 wird gebraucht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Update BlueZ.</source>
        <translation>Aktualisieren Sie BlueZ.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>The kernel has {names}, and BlueZ uses none of them.</source>
        <translation>Der Kernel hat {names}, und BlueZ benutzt davon nichts.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Restart Bluetooth.</source>
        <translation>Starten Sie Bluetooth neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>There is no Bluetooth adapter.</source>
        <translation>Es gibt keinen Bluetooth-Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Plug one in, or switch the built-in one on in the firmware settings; its firmware may be missing.</source>
        <translation>Stecken Sie einen ein oder schalten Sie den eingebauten in den Firmware-Einstellungen ein; vielleicht fehlt seine Firmware.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: on.</source>
        <translation>{name}: an.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: off.</source>
        <translation>{name}: aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>The settings choose {name}, which is not there.</source>
        <translation>Die Einstellungen wählen {name}, und das ist nicht da.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Choose another adapter in the settings.</source>
        <translation>Wählen Sie in den Einstellungen einen anderen Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Switch Bluetooth on.</source>
        <translation>Schalten Sie Bluetooth ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} can be {roles}; central and peripheral are needed.</source>
        <translation>{name} kann sein: {roles}; gebraucht werden central und peripheral.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>neither</source>
        <translation>keines von beiden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter; most of version 4.1 and newer can.</source>
        <translation>Nehmen Sie einen anderen Bluetooth-Adapter; die meisten ab Version 4.1 können es.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} has no Bluetooth Low Energy.</source>
        <translation>{name} hat kein Bluetooth Low Energy.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter, of version 4.1 or newer.</source>
        <translation>Nehmen Sie einen anderen Bluetooth-Adapter ab Version 4.1.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name} does not tell about advertising.</source>
        <translation>{name} sagt nichts über Ankündigungen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>{name}: {used} advertisements in use, {free} free.</source>
        <translation>{name}: {used} Ankündigungen in Gebrauch, {free} frei.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>It cannot advertise.</source>
        <translation>Er kann nichts ankündigen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Use another Bluetooth adapter.</source>
        <translation>Nehmen Sie einen anderen Bluetooth-Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Other programs use all of them, so nobody can be called.</source>
        <translation>Andere Programme belegen alle, also lässt sich niemand rufen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Close the programs that advertise, or restart Bluetooth.</source>
        <translation>Schließen Sie die Programme, die etwas ankündigen, oder starten Sie Bluetooth neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Too old to advertise more often than every 1.28 s, so being found takes longer: {what}.</source>
        <translation>Zu alt, um öfter als alle 1,28 s anzukündigen, darum dauert das Finden länger: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Update that if finding takes too long.</source>
        <translation>Aktualisieren Sie das, wenn das Finden zu lange dauert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>A call is advertised every 100 to 150 ms.</source>
        <translation>Ein Ruf wird alle 100 bis 150 ms angekündigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Calls are heard by an advertisement monitor: the radio wakes the computer only for them.</source>
        <translation>Rufe hört ein Ankündigungswächter (advertisement monitor): Das Funkgerät weckt den Computer nur für sie.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Calls are heard by a search for our service only. The applet sleeps meanwhile, and the radio uses more power.</source>
        <translation>Rufe werden durch eine Suche nur nach unserem Dienst gehört. Das Programm schläft derweil, und das Funkgerät braucht mehr Strom.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/bluetooth.py"/>
        <source>Cheaper is an advertisement monitor, which bluetoothd offers with Experimental = true in /etc/bluetooth/main.conf.</source>
        <translation>Sparsamer ist ein Ankündigungswächter (advertisement monitor), den bluetoothd mit Experimental = true in /etc/bluetooth/main.conf anbietet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Desktop: {desktop}.</source>
        <translation>Desktop: {desktop}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>not named</source>
        <translation>nicht genannt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Without a tray the panel is an ordinary window.</source>
        <translation>Ohne Infobereich ist das Hauptfenster ein gewöhnliches Fenster.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A tray is there (StatusNotifierItem).</source>
        <translation>Ein Infobereich ist da (StatusNotifierItem).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A tray is announced, and nobody shows it.</source>
        <translation>Ein Infobereich ist angekündigt, und niemand zeigt ihn.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Restart the desktop's panel.</source>
        <translation>Starten Sie die Leiste des Desktops neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Install the AppIndicator extension, log in again and switch it on.</source>
        <translation>Installieren Sie die Erweiterung AppIndicator, melden Sie sich neu an und schalten Sie sie ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>GNOME shows no tray by itself.</source>
        <translation>GNOME zeigt von sich aus keinen Infobereich.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No tray is on the session bus; one of the older kind (XEmbed) cannot be asked from here.</source>
        <translation>Am Sitzungsbus ist kein Infobereich; einer der älteren Art (XEmbed) lässt sich von hier nicht fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No tray is there.</source>
        <translation>Es ist kein Infobereich da.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Add a tray (status notifier) to the desktop's panel.</source>
        <translation>Fügen Sie der Leiste des Desktops einen Infobereich (Status Notifier) hinzu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Notifications are switched off in the settings.</source>
        <translation>Benachrichtigungen sind in den Einstellungen ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>A notification server is installed; it starts when it is needed.</source>
        <translation>Ein Benachrichtigungsdienst ist installiert; er startet, wenn er gebraucht wird.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No notification server is there, so a request is shown in its own window only.</source>
        <translation>Kein Benachrichtigungsdienst ist da, eine Anfrage erscheint also nur in ihrem eigenen Fenster.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Install a notification server, such as the desktop's own, or dunst or mako.</source>
        <translation>Installieren Sie einen Benachrichtigungsdienst, etwa den des Desktops, dunst oder mako.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Notifications are shown by {name} {version}.</source>
        <translation>Benachrichtigungen zeigt {name} {version}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It shows no buttons: a request is accepted in its window or on the command line.</source>
        <translation>Er zeigt keine Knöpfe: Eine Anfrage wird in ihrem Fenster oder auf der Befehlszeile angenommen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Use a notification server that shows actions.</source>
        <translation>Nehmen Sie einen Benachrichtigungsdienst, der Aktionen zeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>There is no logind here, so sessions cannot be told apart.</source>
        <translation>Hier gibt es kein logind, also lassen sich Sitzungen nicht unterscheiden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Nearby Tray hears nobody meanwhile.</source>
        <translation>Solange hört Nearby Tray niemanden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>This user has no login session here, so the computer takes the user for absent.</source>
        <translation>Dieser Benutzer hat hier keine Anmeldesitzung, der Computer hält ihn also für abwesend.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Start Nearby Tray from the desktop you are logged in at; what is allowed is said under Permissions.</source>
        <translation>Starten Sie Nearby Tray von dem Desktop aus, an dem Sie angemeldet sind; was erlaubt ist, steht unter „Berechtigungen“.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>The session is of type {type}.</source>
        <translation>Die Sitzung ist vom Typ {type}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is locked.</source>
        <translation>Sie ist gesperrt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It comes over the network, and such a session may do less.</source>
        <translation>Sie kommt über das Netzwerk, und eine solche Sitzung darf weniger.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Log in at the computer itself; over the network links may be refused.</source>
        <translation>Melden Sie sich direkt am Computer an; über das Netzwerk werden Verbindungen vielleicht verweigert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is not active: somebody else is in front of this computer now.</source>
        <translation>Sie ist nicht aktiv: Jemand anderes sitzt jetzt vor diesem Computer.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Switch to this session.</source>
        <translation>Wechseln Sie zu dieser Sitzung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>It is active, at the computer itself.</source>
        <translation>Sie ist aktiv, direkt am Computer.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Settings and trusted computers can be read, or were never written.</source>
        <translation>Einstellungen und vertraute Computer sind lesbar oder wurden nie geschrieben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Mend the file, or choose again: what cannot be read is set aside then.</source>
        <translation>Bringen Sie die Datei in Ordnung oder wählen Sie neu: Unlesbares wird dann beiseitegelegt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Not as it should be: {what}</source>
        <translation>Nicht, wie es sein soll: {what}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Nearby Tray is running (process {n}).</source>
        <translation>Nearby Tray läuft (Prozess {n}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>No Nearby Tray of this session is running.</source>
        <translation>In dieser Sitzung läuft kein Nearby Tray.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Another one is running: process {n} of user {user}.</source>
        <translation>Ein weiteres läuft: Prozess {n} des Benutzers {user}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Running, and using Wi-Fi Direct itself: {names}.</source>
        <translation>Es läuft und benutzt selbst Wi-Fi Direct: {names}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/desktop.py"/>
        <source>Only one program at a time can use Wi-Fi Direct: end the others while you link.</source>
        <translation>Nur ein Programm zugleich kann Wi-Fi Direct benutzen: Beenden Sie die anderen, während Sie verbunden sind.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi radio</source>
        <translation>WLAN-Funkgerät</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Radio switches</source>
        <translation>Funkschalter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi Direct in radio and driver</source>
        <translation>Wi-Fi Direct in Funkgerät und Treiber</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Room on the radio</source>
        <translation>Platz auf dem Funkgerät</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi driver</source>
        <translation>WLAN-Treiber</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Regulatory domain</source>
        <translation>Regulierungsdomäne</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>NetworkManager</source>
        <translation>NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi in NetworkManager</source>
        <translation>WLAN in NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Wi-Fi Direct in NetworkManager</source>
        <translation>Wi-Fi Direct in NetworkManager</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Permissions</source>
        <translation>Berechtigungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>wpa_supplicant</source>
        <translation>wpa_supplicant</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>dnsmasq, for phones</source>
        <translation>dnsmasq, für Telefone</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>BlueZ</source>
        <translation>BlueZ</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Bluetooth adapter</source>
        <translation>Bluetooth-Adapter</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Calling over Bluetooth</source>
        <translation>Rufen über Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Hearing over Bluetooth</source>
        <translation>Hören über Bluetooth</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: firewalld</source>
        <translation>Firewall: firewalld</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: ufw</source>
        <translation>Firewall: ufw</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Firewall: rules in the kernel</source>
        <translation>Firewall: Regeln im Kernel</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>UDP port</source>
        <translation>UDP-Port</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>VPN</source>
        <translation>VPN</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Tray</source>
        <translation>Infobereich</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Login session</source>
        <translation>Anmeldesitzung</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Your files</source>
        <translation>Ihre Dateien</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Applets running</source>
        <translation>Laufende Programme</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>It was not done after {n} s.</source>
        <translation>Nach {n} s war es noch nicht fertig.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>Not answered: {what}.</source>
        <translation>Keine Antwort: {what}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The bus went away while it was asked.</source>
        <translation>Der Bus verschwand während der Frage.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The answer was an error: {error}</source>
        <translation>Die Antwort war ein Fehler: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>The check itself failed: {error}</source>
        <translation>Die Prüfung selbst ist fehlgeschlagen: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/examination.py"/>
        <source>There is no Bluetooth adapter to switch on.</source>
        <translation>Es gibt keinen Bluetooth-Adapter zum Einschalten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>There is no system bus here.</source>
        <translation>Hier gibt es keinen Systembus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>There is no session bus here (DBUS_SESSION_BUS_ADDRESS).</source>
        <translation>Hier gibt es keinen Sitzungsbus (DBUS_SESSION_BUS_ADDRESS).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not running, so it cannot be asked.</source>
        <translation>NetworkManager läuft nicht, also lässt er sich nicht fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/machine.py"/>
        <source>The kernel does not tell about its radios (nl80211).</source>
        <translation>Der Kernel sagt nichts über seine Funkgeräte (nl80211).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is not running.</source>
        <translation>firewalld läuft nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is running and does not tell this account about its zones: {error}</source>
        <translation>firewalld läuft und verrät diesem Konto nichts über seine Zonen: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>firewalld is running, its default zone is {zone}.</source>
        <translation>firewalld läuft, seine Standardzone ist {zone}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>It has the zone {zone}, which links are put into.</source>
        <translation>Es hat die Zone {zone}, in die Verbindungen kommen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>It does not have the zone {zone}: links are in the default zone, which may keep other programs out.</source>
        <translation>Die Zone {zone} fehlt: Verbindungen sind in der Standardzone, die andere Programme aussperren kann.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Install the zone.</source>
        <translation>Installieren Sie die Zone.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is not installed.</source>
        <translation>ufw ist nicht installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is installed; whether it is on cannot be read.</source>
        <translation>ufw ist installiert; ob es an ist, lässt sich nicht lesen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Look at it:</source>
        <translation>Sehen Sie es sich an:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is installed and off (/etc/ufw/ufw.conf).</source>
        <translation>ufw ist installiert und aus (/etc/ufw/ufw.conf).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>ufw is on; what comes in is by default: {policy}. Its rules are only for root to read.</source>
        <translation>ufw ist an; für Ankommendes gilt: {policy}. Seine Regeln darf nur root lesen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>not readable</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The pings of a link pass, since both sides begin; other programs need a rule.</source>
        <translation>Die Pings einer Verbindung kommen durch, denn beide Seiten fangen an; andere Programme brauchen eine Regel.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Let in what comes over links:</source>
        <translation>Lassen Sie herein, was über Verbindungen kommt:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Whether the kernel has a packet filter cannot be seen here.</source>
        <translation>Ob der Kernel einen Paketfilter hat, ist hier nicht zu sehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>No packet filter is loaded in the kernel.</source>
        <translation>Im Kernel ist kein Paketfilter geladen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Loaded in the kernel: {filters}.</source>
        <translation>Im Kernel geladen: {filters}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>nothing seen</source>
        <translation>nichts zu sehen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Look at the rules; UDP port {port} should be let in.</source>
        <translation>Sehen Sie sich die Regeln an; UDP-Port {port} sollte hereingelassen werden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Running: {services}.</source>
        <translation>Es läuft: {services}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>/etc/nftables.conf has rules that drop; whether they concern links cannot be told from here.</source>
        <translation>/etc/nftables.conf hat Regeln, die verwerfen; ob sie Verbindungen betreffen, ist von hier nicht zu sagen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The rules are only for root to read.</source>
        <translation>Die Regeln darf nur root lesen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The kernel's list of UDP ports cannot be read.</source>
        <translation>Die Liste der UDP-Ports des Kernels lässt sich nicht lesen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is free.</source>
        <translation>UDP-Port {port} ist frei.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is used by Nearby Tray itself, for the link.</source>
        <translation>UDP-Port {port} wird von Nearby Tray selbst benutzt, für die Verbindung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>UDP port {port} is used by {who}.</source>
        <translation>UDP-Port {port} wird benutzt von {who}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>a program of user {n}</source>
        <translation>einem Programm des Benutzers {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Close that program, or choose another port in the settings of both computers.</source>
        <translation>Schließen Sie dieses Programm oder wählen Sie in den Einstellungen beider Computer einen anderen Port.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The kernel does not tell its routes: {error}</source>
        <translation>Der Kernel verrät seine Routen nicht: {error}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Up: {names}.</source>
        <translation>Aktiv: {names}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>No VPN is seen.</source>
        <translation>Kein VPN zu sehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Its routes leave links alone. Rules of its own firewall, if it has any, cannot be seen from here.</source>
        <translation>Seine Routen lassen Verbindungen in Ruhe. Regeln seiner eigenen Firewall, falls es welche hat, sind von hier nicht zu sehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Let Tailscale leave local networks alone.</source>
        <translation>Lassen Sie Tailscale lokale Netze in Ruhe lassen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Allow local networks in the VPN's settings (split tunnelling), or disconnect it while linked.</source>
        <translation>Erlauben Sie in den VPN-Einstellungen lokale Netze (Split-Tunneling) oder trennen Sie das VPN während der Verbindung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Rule {rule} sends into {interface} what programs say to a link.</source>
        <translation>Regel {rule} schickt nach {interface}, was Programme über eine Verbindung sagen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>Rule {rule} drops what programs say to a link.</source>
        <translation>Regel {rule} verwirft, was Programme über eine Verbindung sagen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/network.py"/>
        <source>The link's own pings are not concerned, so it looks healthy and is of no use.</source>
        <translation>Die Pings der Verbindung selbst sind nicht betroffen, sie sieht also gesund aus und nützt nichts.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>no interface</source>
        <translation>keine Schnittstelle</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>There is no Wi-Fi radio to look at.</source>
        <translation>Es gibt kein WLAN-Funkgerät, das man ansehen könnte.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{names}: an old driver, not of the kernel's wireless layer (nl80211).</source>
        <translation>{names}: ein alter Treiber, nicht von der WLAN-Schicht des Kernels (nl80211).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the driver that comes with the kernel, or another Wi-Fi adapter.</source>
        <translation>Nehmen Sie den Treiber, der mit dem Kernel kommt, oder einen anderen WLAN-Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The kernel sees no Wi-Fi radio.</source>
        <translation>Der Kernel sieht kein WLAN-Funkgerät.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Plug in a Wi-Fi adapter. If there is one, its driver or firmware is missing, or it is off in the firmware settings.</source>
        <translation>Stecken Sie einen WLAN-Adapter ein. Ist einer da, fehlt sein Treiber oder seine Firmware, oder er ist in den Firmware-Einstellungen aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio}: {interfaces}.</source>
        <translation>{radio}: {interfaces}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>NetworkManager: Wi-Fi is off by a switch or key of the machine.</source>
        <translation>NetworkManager: WLAN ist durch einen Schalter oder eine Taste des Geräts aus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the machine's Wi-Fi switch or key (often Fn and a key with an antenna or aeroplane).</source>
        <translation>Benutzen Sie den WLAN-Schalter oder die Taste des Geräts (oft Fn und eine Taste mit Antenne oder Flugzeug).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>NetworkManager: Wi-Fi is switched off.</source>
        <translation>NetworkManager: WLAN ist ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>nothing it tells of</source>
        <translation>nichts, was es verrät</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} can be: {kinds}.</source>
        <translation>{radio} kann sein: {kinds}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Wi-Fi Direct needs P2P client and P2P group owner.</source>
        <translation>Wi-Fi Direct braucht P2P client und P2P group owner.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Update the kernel and the firmware, or use another Wi-Fi adapter; its driver must offer P2P (see: iw list).</source>
        <translation>Aktualisieren Sie Kernel und Firmware oder nehmen Sie einen anderen WLAN-Adapter; sein Treiber muss P2P anbieten (siehe: iw list).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} has no Wi-Fi Direct, so there is nothing to combine.</source>
        <translation>{radio} hat kein Wi-Fi Direct, also gibt es nichts zu kombinieren.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio} carries: {interfaces}.</source>
        <translation>{radio} trägt: {interfaces}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>A link fits beside them, on {n} channels at once.</source>
        <translation>Eine Verbindung passt daneben, auf {n} Kanälen zugleich.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>A link fits beside them.</source>
        <translation>Eine Verbindung passt daneben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio can be on one channel at a time: with a Wi-Fi network, a link has to share that one's channel.</source>
        <translation>Das Funkgerät kann nur auf einem Kanal zugleich sein: Mit einem WLAN muss eine Verbindung dessen Kanal teilen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio can be on one channel at a time, now {mhz} MHz for the Wi-Fi network.</source>
        <translation>Das Funkgerät kann nur auf einem Kanal zugleich sein, jetzt {mhz} MHz für das WLAN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>No link may be begun on that channel, which is shared with radar.</source>
        <translation>Auf diesem Kanal darf keine Verbindung begonnen werden, denn er wird mit Radar geteilt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Disconnect from the Wi-Fi network while linked, or use it on another channel.</source>
        <translation>Trennen Sie das WLAN während der Verbindung oder nutzen Sie es auf einem anderen Kanal.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>If links fail, disconnect from the Wi-Fi network while linked.</source>
        <translation>Schlagen Verbindungen fehl, trennen Sie währenddessen das WLAN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} is an access point, and the driver carries no link beside it.</source>
        <translation>{name} ist ein Zugangspunkt, und daneben trägt der Treiber keine Verbindung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch the hotspot off, then try again.</source>
        <translation>Schalten Sie den Hotspot aus und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Several interfaces are on one radio, and the driver carries no link beside them.</source>
        <translation>Auf einem Funkgerät sind mehrere Schnittstellen, und daneben trägt der Treiber keine Verbindung.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Remove the ones you do not need.</source>
        <translation>Entfernen Sie die, die Sie nicht brauchen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Disconnect from the Wi-Fi network before you link.</source>
        <translation>Trennen Sie das WLAN, bevor Sie sich verbinden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The driver names no way to carry a link beside a Wi-Fi network.</source>
        <translation>Der Treiber nennt keinen Weg, neben einem WLAN eine Verbindung zu tragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>There is no Wi-Fi interface, so there is no driver to name.</source>
        <translation>Es gibt keine WLAN-Schnittstelle, also keinen Treiber zu nennen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: the driver is not named.</source>
        <translation>{name}: Der Treiber wird nicht genannt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: {driver}, firmware {firmware}.</source>
        <translation>{name}: {driver}, Firmware {firmware}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name}: {driver}.</source>
        <translation>{name}: {driver}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Kernel {release}.</source>
        <translation>Kernel {release}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Install the firmware of the Wi-Fi adapter.</source>
        <translation>Installieren Sie die Firmware des WLAN-Adapters.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{names}: the firmware is missing.</source>
        <translation>{names}: Die Firmware fehlt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{drivers}: known for Wi-Fi Direct that is missing or does not work ({where}).</source>
        <translation>{drivers}: bekannt dafür, dass Wi-Fi Direct fehlt oder nicht funktioniert ({where}).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use another driver for it if there is one, or another Wi-Fi adapter.</source>
        <translation>Nehmen Sie einen anderen Treiber dafür, wenn es einen gibt, oder einen anderen WLAN-Adapter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): blocked by a switch or key of the machine.</source>
        <translation>{name} ({radio}): durch einen Schalter oder eine Taste des Geräts gesperrt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): switched off by software.</source>
        <translation>{name} ({radio}): per Software ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{name} ({radio}): on.</source>
        <translation>{name} ({radio}): an.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Use the machine's radio switch or key (often Fn and a key with an antenna or aeroplane).</source>
        <translation>Benutzen Sie den Funkschalter oder die Taste des Geräts (oft Fn und eine Taste mit Antenne oder Flugzeug).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Switch it on, or leave aeroplane mode.</source>
        <translation>Schalten Sie es ein oder verlassen Sie den Flugmodus.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The kernel has no radio switches here.</source>
        <translation>Der Kernel hat hier keine Funkschalter.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The regulatory domain is {country}.</source>
        <translation>Die Regulierungsdomäne ist {country}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The regulatory domain is not told.</source>
        <translation>Die Regulierungsdomäne wird nicht genannt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>{radio}: {social} of the 3 channels for finding each other and {five} channels of 5 GHz may be used.</source>
        <translation>{radio}: Benutzbar sind {social} der 3 Kanäle, auf denen man sich findet, und {five} Kanäle bei 5 GHz.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The radio's firmware sets it.</source>
        <translation>Die Firmware des Funkgeräts bestimmt sie.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>It forbids the channels on which Wi-Fi Direct machines find each other.</source>
        <translation>Sie verbietet die Kanäle, auf denen Wi-Fi-Direct-Geräte sich finden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>It forbids some of the channels on which Wi-Fi Direct machines find each other.</source>
        <translation>Sie verbietet einige der Kanäle, auf denen Wi-Fi-Direct-Geräte sich finden.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>No country is set, so 5 GHz is closed for links; they use the slower 2.4 GHz.</source>
        <translation>Es ist kein Land eingestellt, daher ist 5 GHz für Verbindungen gesperrt; sie nutzen die langsameren 2,4 GHz.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>The firmware decides, by what it hears or by a setting in the machine's firmware; it cannot be set from here.</source>
        <translation>Die Firmware entscheidet nach dem, was sie hört, oder nach einer Einstellung in der Firmware des Geräts; von hier lässt es sich nicht einstellen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Set the country you are in; if that is {country}:</source>
        <translation>Stellen Sie das Land ein, in dem Sie sind; falls das {country} ist:</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/radio.py"/>
        <source>Set the country you are in: sudo iw reg set, followed by its two letters.</source>
        <translation>Stellen Sie das Land ein, in dem Sie sind: sudo iw reg set, gefolgt von seinen zwei Buchstaben.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>unmanaged</source>
        <translation>nicht verwaltet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>unavailable</source>
        <translation>nicht verfügbar</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>active</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>being deactivated</source>
        <translation>wird deaktiviert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager, which makes the link, can be asked over it only.</source>
        <translation>NetworkManager, der die Verbindung herstellt, lässt sich nur darüber fragen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not running; links are made with wpa_supplicant alone, which this account may use.</source>
        <translation>NetworkManager läuft nicht; Verbindungen werden allein mit wpa_supplicant hergestellt, den dieses Konto benutzen darf.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is installed and not running.</source>
        <translation>NetworkManager ist installiert und läuft nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start NetworkManager.</source>
        <translation>Starten Sie NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install NetworkManager.</source>
        <translation>Installieren Sie NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is not installed.</source>
        <translation>NetworkManager ist nicht installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager {version} is running.</source>
        <translation>NetworkManager {version} läuft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Its version cannot be understood.</source>
        <translation>Seine Version ist nicht zu verstehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Wi-Fi Direct came with version 1.16.</source>
        <translation>Wi-Fi Direct kam mit Version 1.16.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update NetworkManager.</source>
        <translation>Aktualisieren Sie NetworkManager.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It is switched off as a whole.</source>
        <translation>Er ist als Ganzes ausgeschaltet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch networking on.</source>
        <translation>Schalten Sie das Netzwerk ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Nearby Tray was tried with 1.42 and newer only.</source>
        <translation>Nearby Tray wurde nur mit 1.42 und neuer erprobt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update NetworkManager if links fail.</source>
        <translation>Aktualisieren Sie NetworkManager, wenn Verbindungen fehlschlagen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>There is no Wi-Fi radio that NetworkManager could manage.</source>
        <translation>Es gibt kein WLAN-Funkgerät, das NetworkManager verwalten könnte.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install NetworkManager's part for Wi-Fi, then restart NetworkManager.</source>
        <translation>Installieren Sie den WLAN-Teil von NetworkManager und starten Sie NetworkManager dann neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi device, though the kernel has {radio}.</source>
        <translation>NetworkManager hat kein WLAN-Gerät, obwohl der Kernel {radio} hat.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>{name}: {state}.</source>
        <translation>{name}: {state}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Remove the lines about {name} from /etc/network/interfaces and restart NetworkManager.</source>
        <translation>Entfernen Sie die Zeilen über {name} aus /etc/network/interfaces und starten Sie NetworkManager neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>/etc/network/interfaces has {name}, so NetworkManager leaves it alone.</source>
        <translation>In /etc/network/interfaces steht {name}, daher lässt NetworkManager die Finger davon.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager leaves {name} to others.</source>
        <translation>NetworkManager überlässt {name} anderen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>There links are made with wpa_supplicant alone, which this account may use.</source>
        <translation>Dort werden Verbindungen allein mit wpa_supplicant hergestellt, den dieses Konto benutzen darf.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager manage it.</source>
        <translation>Lassen Sie NetworkManager es verwalten.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>not managed</source>
        <translation>nicht verwaltet</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>being activated</source>
        <translation>wird aktiviert</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>state {n}</source>
        <translation>Zustand {n}</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi Direct device while Wi-Fi is switched off.</source>
        <translation>NetworkManager hat kein Wi-Fi-Direct-Gerät, solange WLAN ausgeschaltet ist.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi on.</source>
        <translation>Schalten Sie WLAN ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager has no Wi-Fi Direct device.</source>
        <translation>NetworkManager hat kein Wi-Fi-Direct-Gerät.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>See what is said here about the radio, NetworkManager and wpa_supplicant; after a change restart NetworkManager.</source>
        <translation>Beachten Sie, was hier über Funkgerät, NetworkManager und wpa_supplicant steht; starten Sie nach einer Änderung NetworkManager neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager manage it, then switch Wi-Fi off and on.</source>
        <translation>Lassen Sie NetworkManager es verwalten und schalten Sie dann WLAN aus und wieder ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi off and on; if that does not help, restart wpa_supplicant.</source>
        <translation>Schalten Sie WLAN aus und wieder ein; hilft das nicht, starten Sie wpa_supplicant neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>The link that is up is ours.</source>
        <translation>Die Verbindung, die steht, ist unsere.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Another program uses it.</source>
        <translation>Ein anderes Programm benutzt es.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Close that program (screen casting is a usual one), then try again.</source>
        <translation>Schließen Sie dieses Programm (oft ist es eine Bildschirmübertragung) und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>A group is up that NetworkManager knows nothing of: {names}. One that crashed leaves it.</source>
        <translation>Es besteht eine Gruppe, von der NetworkManager nichts weiß: {names}. Ein abgestürzter hinterlässt sie.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Switch Wi-Fi off and on.</source>
        <translation>Schalten Sie WLAN aus und wieder ein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager does not tell what this account may do.</source>
        <translation>NetworkManager sagt nicht, was dieses Konto darf.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>making and ending links</source>
        <translation>Verbindungen herstellen und beenden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>profiles of your own</source>
        <translation>eigene Profile</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>finding others</source>
        <translation>andere finden</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>switching Wi-Fi on</source>
        <translation>WLAN einschalten</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager: {what}: {answer}.</source>
        <translation>NetworkManager: {what}: {answer}.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>not asked for</source>
        <translation>nicht gefragt</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install polkit, which decides about this.</source>
        <translation>Installieren Sie polkit, das darüber entscheidet.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>“auth”: the administrator's password is asked for each time, and without a desktop that is a no.</source>
        <translation>„auth“: Jedes Mal wird nach dem Passwort des Systemverwalters gefragt, und ohne Desktop heißt das nein.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Log in at the computer itself: a session in front of it may, one over the network may not.</source>
        <translation>Melden Sie sich direkt am Computer an: Eine Sitzung davor darf es, eine über das Netzwerk vielleicht nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>wpa_supplicant {version} is installed.</source>
        <translation>wpa_supplicant {version} ist installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>of an unknown version</source>
        <translation>in unbekannter Version</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>iwd runs Wi-Fi here.</source>
        <translation>Hier betreibt iwd das WLAN.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>NetworkManager is set to use iwd, which is not running.</source>
        <translation>NetworkManager ist auf iwd eingestellt, das nicht läuft.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Let NetworkManager use wpa_supplicant: remove wifi.backend=iwd from its configuration, stop iwd, restart NetworkManager.</source>
        <translation>Lassen Sie NetworkManager wpa_supplicant benutzen: Entfernen Sie wifi.backend=iwd aus seiner Konfiguration, beenden Sie iwd und starten Sie NetworkManager neu.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Nearby Tray was shown with wpa_supplicant only.</source>
        <translation>Nearby Tray wurde nur mit wpa_supplicant gezeigt.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install wpa_supplicant.</source>
        <translation>Installieren Sie wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>wpa_supplicant, which speaks Wi-Fi Direct, is not installed.</source>
        <translation>wpa_supplicant, der Wi-Fi Direct spricht, ist nicht installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It is not running.</source>
        <translation>Er läuft nicht.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Start wpa_supplicant.</source>
        <translation>Starten Sie wpa_supplicant.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, and this account may not talk to it. That is usual: NetworkManager does what two computers need.</source>
        <translation>Er läuft, und dieses Konto darf nicht mit ihm sprechen. Das ist üblich: NetworkManager erledigt, was zwei Computer brauchen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>PINs, groups of your own and choosing the channel may need the right to talk to it (on Debian: group netdev).</source>
        <translation>PINs, eigene Gruppen und die Wahl des Kanals brauchen vielleicht das Recht, mit ihm zu sprechen (unter Debian: Gruppe netdev).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, and was built without Wi-Fi Direct.</source>
        <translation>Er läuft und wurde ohne Wi-Fi Direct gebaut.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install your distribution's wpa_supplicant.</source>
        <translation>Installieren Sie den wpa_supplicant Ihrer Distribution.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>It runs, knows Wi-Fi Direct, and this account may talk to it: PINs and choosing the channel work.</source>
        <translation>Er läuft, kennt Wi-Fi Direct, und dieses Konto darf mit ihm sprechen: PINs und die Wahl des Kanals gehen.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Before 2.10 its Wi-Fi Direct could be attacked over the air (CVE-2021-27803).</source>
        <translation>Vor 2.10 war sein Wi-Fi Direct über Funk angreifbar (CVE-2021-27803).</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Update wpa_supplicant, unless your distribution has mended its own.</source>
        <translation>Aktualisieren Sie wpa_supplicant, sofern Ihre Distribution ihren nicht schon ausgebessert hat.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>dnsmasq is installed.</source>
        <translation>dnsmasq ist installiert.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>dnsmasq is not installed. Between computers with Nearby Tray it is not needed; phones get their address from it.</source>
        <translation>dnsmasq ist nicht installiert. Zwischen Computern mit Nearby Tray wird es nicht gebraucht; Telefone bekommen davon ihre Adresse.</translation>
    </message>
    <message>
        <location filename="../../nearby_tray/system/doctor/wifi.py"/>
        <source>Install dnsmasq to link with phones.</source>
        <translation>Installieren Sie dnsmasq, um sich mit Telefonen zu verbinden.</translation>
    </message>
</context>
</TS>
