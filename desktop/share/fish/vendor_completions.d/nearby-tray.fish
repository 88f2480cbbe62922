# fish completion for nearby-tray. Made by desktop/generate.py from the command line's parser.

complete -c nearby-tray -f

complete -c nearby-tray -n '__fish_use_subcommand' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_use_subcommand' -l version -d 'show the version'
complete -c nearby-tray -n '__fish_use_subcommand' -l background -d 'start in the tray, without opening a window'
complete -c nearby-tray -n '__fish_use_subcommand' -l headless -d 'start without tray and windows; use the commands below'
complete -c nearby-tray -n '__fish_use_subcommand' -l demo -d 'the real interface on simulated radios, with a simulated neighbour'
complete -c nearby-tray -n '__fish_use_subcommand' -l once -d 'with --demo: walk through a whole link by itself, then end'
complete -c nearby-tray -n '__fish_use_subcommand' -l screenshots -d 'with --demo --once: save a picture of each step there' -x -a '(__fish_complete_directories)'
complete -c nearby-tray -n '__fish_use_subcommand' -l log-level -d 'how much to say on stderr (default: as set)' -x -a 'debug info warning error'
complete -c nearby-tray -n __fish_use_subcommand -a status -d 'say what is going on'
complete -c nearby-tray -n __fish_use_subcommand -a peers -d 'list the computers found'
complete -c nearby-tray -n __fish_use_subcommand -a seek -d 'look for computers nearby'
complete -c nearby-tray -n __fish_use_subcommand -a connect -d 'ask a computer for a link, looking for it first if needed'
complete -c nearby-tray -n __fish_use_subcommand -a match -d 'say that the other computer, which this one asks, shows the same code'
complete -c nearby-tray -n __fish_use_subcommand -a accept -d 'accept the request for a link, or allow what a program asks for'
complete -c nearby-tray -n __fish_use_subcommand -a pin -d 'enter the PIN that the other machine shows; it is read from the terminal, never an argument'
complete -c nearby-tray -n __fish_use_subcommand -a decline -d 'decline the request for a link, or what a program asks for; while hosting, take back that somebody may come in'
complete -c nearby-tray -n __fish_use_subcommand -a host -d 'own a group that phones, TVs and other computers can join'
complete -c nearby-tray -n __fish_use_subcommand -a invite -d 'invite a machine into the group, looking for it first if needed'
complete -c nearby-tray -n __fish_use_subcommand -a expel -d 'send a member out of the group'
complete -c nearby-tray -n __fish_use_subcommand -a members -d 'list the members of the group'
complete -c nearby-tray -n __fish_use_subcommand -a disconnect -d 'end the link or the group, or stop whatever is going on'
complete -c nearby-tray -n __fish_use_subcommand -a settings -d 'show the settings, or change some of them'
complete -c nearby-tray -n __fish_use_subcommand -a quit -d 'end the applet'
complete -c nearby-tray -n __fish_use_subcommand -a install-desktop -d 'make the desktop know the applet: menu entry, icons, D-Bus service, manual, completion'
complete -c nearby-tray -n __fish_use_subcommand -a uninstall-desktop -d 'take away what install-desktop has put there, unless it was changed since'
complete -c nearby-tray -n __fish_use_subcommand -a doctor -d 'look for what keeps this computer from linking, with or without an applet'

complete -c nearby-tray -n '__fish_seen_subcommand_from status' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from status' -l json -d 'for programs: one JSON value'

complete -c nearby-tray -n '__fish_seen_subcommand_from peers' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from peers' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from peers' -l names -d 'only what “connect” can be given, one a line (for completion)'

complete -c nearby-tray -n '__fish_seen_subcommand_from seek' -l help -d 'show what there is'

complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -a '(command nearby-tray peers --names 2> /dev/null)'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l method -d 'for a machine without Nearby Tray, which is not verified: what this computer does' -x -a 'push-button show-pin enter-pin'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l remember -d 'with --method: remember the group, so that it can be formed again'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l trust -d 'trust it: no code next time, if the other side trusts this computer too'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l pin-stdin -d 'read the PIN from standard input instead'
complete -c nearby-tray -n '__fish_seen_subcommand_from connect' -l wait -d 'wait until linked, or until it did not work'

complete -c nearby-tray -n '__fish_seen_subcommand_from match' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from match' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from match' -l trust -d 'trust it: no code next time, if the other side trusts this computer too'
complete -c nearby-tray -n '__fish_seen_subcommand_from match' -l wait -d 'wait until linked, or until it did not work'

complete -c nearby-tray -n '__fish_seen_subcommand_from accept' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from accept' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from accept' -l trust -d 'trust it: no code next time, if the other side trusts this computer too'
complete -c nearby-tray -n '__fish_seen_subcommand_from accept' -l pin-stdin -d 'read the PIN from standard input instead'
complete -c nearby-tray -n '__fish_seen_subcommand_from accept' -l wait -d 'wait until linked, or until it did not work'

complete -c nearby-tray -n '__fish_seen_subcommand_from pin' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from pin' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from pin' -l pin-stdin -d 'read the PIN from standard input instead'
complete -c nearby-tray -n '__fish_seen_subcommand_from pin' -l wait -d 'wait until linked, or until it did not work'

complete -c nearby-tray -n '__fish_seen_subcommand_from decline' -l help -d 'show what there is'

complete -c nearby-tray -n '__fish_seen_subcommand_from host' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from host' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from host' -l remember -d 'remember the group: who was in it can come back'

complete -c nearby-tray -n '__fish_seen_subcommand_from invite' -a '(command nearby-tray peers --names 2> /dev/null)'
complete -c nearby-tray -n '__fish_seen_subcommand_from invite' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from invite' -l wait -d 'wait until it has joined, or has not'

complete -c nearby-tray -n '__fish_seen_subcommand_from expel' -a '(command nearby-tray members --names 2> /dev/null)'
complete -c nearby-tray -n '__fish_seen_subcommand_from expel' -l help -d 'show what there is'

complete -c nearby-tray -n '__fish_seen_subcommand_from members' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from members' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from members' -l names -d 'only what “expel” can be given, one a line (for completion)'

complete -c nearby-tray -n '__fish_seen_subcommand_from disconnect' -l help -d 'show what there is'

complete -c nearby-tray -n '__fish_seen_subcommand_from settings' -a 'name= visibility=nobody visibility=trusted visibility=everyone visible_minutes= visible_minutes=none accept_paired=on accept_paired=off port= adapter= adapter=none band=auto band=2.4 band=5 frequency= frequency=none go_intent= prefer_owner=on prefer_owner=off autostart=on autostart=off autostart_by=entry autostart_by=service language= log_level=error log_level=warning log_level=info log_level=debug notifications=on notifications=off close_quits= close_quits=none'
complete -c nearby-tray -n '__fish_seen_subcommand_from settings' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from settings' -l json -d 'for programs: one JSON value'

complete -c nearby-tray -n '__fish_seen_subcommand_from quit' -l help -d 'show what there is'

complete -c nearby-tray -n '__fish_seen_subcommand_from install-desktop' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from install-desktop' -l user -d 'for this user, in ~/.local/share (the default, unless you are root)'
complete -c nearby-tray -n '__fish_seen_subcommand_from install-desktop' -l system -d 'for everybody, in /usr/local/share, with the firewalld zone; needs root'

complete -c nearby-tray -n '__fish_seen_subcommand_from uninstall-desktop' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from uninstall-desktop' -l user -d 'for this user, in ~/.local/share (the default, unless you are root)'
complete -c nearby-tray -n '__fish_seen_subcommand_from uninstall-desktop' -l system -d 'for everybody, in /usr/local/share, with the firewalld zone; needs root'

complete -c nearby-tray -n '__fish_seen_subcommand_from doctor' -l help -d 'show what there is'
complete -c nearby-tray -n '__fish_seen_subcommand_from doctor' -l json -d 'for programs: one JSON value'
complete -c nearby-tray -n '__fish_seen_subcommand_from doctor' -l bundle -d 'also save a report for support there, with names and addresses masked' -r -F
