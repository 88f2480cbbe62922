#!/bin/bash
# Machines inside one VM, A and B unless LAB_NODES says otherwise: each a network and a mount namespace with its own simulated radio,
# system bus, polkitd, wpa_supplicant, NetworkManager and bluetoothd, and a desktop session of the ordinary user alice. Source it, or
# run one of its functions: `nodes.sh daemon A restart NetworkManager`.
#
#   lab_up                                    make the machines; LAB_AP=6: those with a NetworkManager on an access point on channel 6
#   node A COMMAND...                         run as root on A
#   alice A COMMAND...                        the same as alice, in her session
#   user A COMMAND...                         the same as whoever runs the applet there; become_user: in place of this shell
#   daemon A start|kill|restart NAME          NetworkManager, wpa_supplicant, bluetoothd, polkitd; kill is kill -9
#   radio A off|on                            the user's airplane switch
#   radio A gone|back                         carried out of range: nothing is told, frames just no longer arrive
#   radio A second|single                     a second interface on the same radio, or no longer
#   firewall A on|off                         drop every new inbound connection
#   regulation US                             the country that all of this is in
#
# LAB_NODES: the machines, each NAME or NAME=SHAPE, such as "A=alone B C=bare"; LAB_SHAPE: the shape of those that name none. Shapes:
#   managed   NetworkManager has the radio and alice may not talk to wpa_supplicant, as on Debian's desktop; this, where none is named
#   beside    the same, and alice may (group netdev)
#   alone     no NetworkManager: wpa_supplicant has the radio, and alice may talk to it
#   root      no NetworkManager, alice may not, and the applet runs as root
#   bare      nothing but wpa_supplicant and its control socket: to the others, a phone
# LAB_TRACE="wpa_supplicant bluetoothd" makes these tell everything (in /out/logs), 1 all of them; it costs time. LAB_CHANNELS: channels
# a radio can be on at once. LAB_NO_P2P=A: a radio that knows no Wi-Fi Direct. BLUETOOTHD_FLAGS: for bluetoothd, such as -E.
LAB=/project/tests/lab/guest
LOGS=/out/logs
LAB_CHANNELS=${LAB_CHANNELS:-3}
export LAB_TRACE=${LAB_TRACE-} BLUETOOTHD_FLAGS=${BLUETOOTHD_FLAGS-}

lab_pid() { cat "/run/lab/$1.pid"; }
lab_shape() { cat "/run/lab/$1.shape"; }
lab_radio() { cat "/run/lab/$1.radio"; } # its number N; the P2P address is 42:00:00:00:0N:00
lab_nodes() { # all, or those of these shapes
    local n
    for n in $(cat /run/lab/nodes); do
        [[ $# = 0 || " $* " = *" $(lab_shape "$n") "* ]] && echo "$n"
    done
    return 0
}
has_p2p() { [[ " ${LAB_NO_P2P-} " != *" $1 "* ]]; }
traced() { [[ " 1 $1 " == *" $LAB_TRACE "* || " $LAB_TRACE " == *" $1 "* ]]; }
has_manager() { [[ " managed beside " = *" $(lab_shape "$1") "* ]]; }

node() { local n=$1; shift; nsenter -t "$(lab_pid "$n")" -m -n -u -- "$@"; }
SESSION=(PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
    XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus XDG_SESSION_TYPE=x11
    DISPLAY=:1 QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1
    PYTHONPATH=/project PYTHONPYCACHEPREFIX=/run/pycache PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1)
ALICE=(setpriv --reuid alice --regid alice --init-groups env -i "${SESSION[@]}" HOME=/home/alice USER=alice LOGNAME=alice)
ROOT=(env -i "${SESSION[@]}" HOME=/run/root USER=root LOGNAME=root)
alice() { local n=$1; shift; node "$n" "${ALICE[@]}" "$@"; }
become_user() {
    local n=$1 as=("${ALICE[@]}"); shift
    [ "$(lab_shape "$n")" != root ] || as=("${ROOT[@]}")
    exec nsenter -t "$(lab_pid "$n")" -m -n -u -- "${as[@]}" "$@"
}
user() { (become_user "$@"); }

soon() { # seconds, command...: until it succeeds
    local end; end=$(( $(date +%s) + $1 )); shift
    until "$@" > /dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || { echo "lab: gave up waiting for: $*" >&2; return 1; }
        sleep 0.1
    done
}

node_new() { # NAME SHAPE
    echo "$2" > "/run/lab/$1.shape"
    unshare -m -n -u --propagation private bash -c '
        n=$1 shape=$2
        hostname "node$n"
        mount -t sysfs -o ro sysfs /sys      # read-only: NetworkManager then does not wait for udev
        mount -t tmpfs -o mode=755 tmpfs /run
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        mount -t tmpfs -o mode=700,uid=1000,gid=1000 tmpfs /home/alice
        mkdir -p /run/dbus /run/NetworkManager /run/wpa_supplicant /run/lock /run/udev /tmp/.X11-unix
        mkdir -p -m 1777 /run/pycache; chmod 1777 /tmp/.X11-unix
        mkdir -m 700 /run/root
        mkdir -p /run/user/1000 && chown alice: /run/user/1000 && chmod 700 /run/user/1000
        for d in /etc/NetworkManager /var/lib/NetworkManager /var/lib/bluetooth /etc/polkit-1/rules.d; do
            mkdir -p "$d" "/run/own$d"; cp -a "$d/." "/run/own$d/"; mount --bind "/run/own$d" "$d"
        done
        chmod 755 /etc/polkit-1/rules.d
        install -m 644 '$LAB'/polkit.rules /etc/polkit-1/rules.d/10-lab.rules
        rm -f /etc/NetworkManager/conf.d/*
        cp '$LAB'/NetworkManager.conf /etc/NetworkManager/NetworkManager.conf
        case $shape in beside | alone)
            sed "s/^netdev:.*/&alice/" /etc/group > /run/group
            mount --bind /run/group /etc/group ;;
        esac
        echo "node$n" | md5sum | cut -c1-32 > /run/machine-id
        mount --bind /run/machine-id /etc/machine-id
        ip link set lo up
        sysctl -qw "net.ipv4.ping_group_range=0 2147483647"      # as systemd has it: everybody may ping
        touch /run/node-is-made
        exec sleep infinity' node "$1" "$2" &
    echo $! > "/run/lab/$1.pid"
    soon 20 node "$1" test -e /run/node-is-made
}

supplicant_configuration() { # what a machine without NetworkManager has in a file
    local kind=1-0050F204-1
    [ "$(lab_shape "$1")" != bare ] || kind=10-0050F204-5 # a smartphone
    printf '%s\n' "device_name=node$1" "device_type=$kind" manufacturer=Lab model_name=hwsim 'config_methods=virtual_push_button physical_display keypad' \
        update_config=1
}

daemon() { # A start|stop|kill|restart NAME
    local n=$1 what=$2 name=$3 pidfile=/run/lab/$1.$3
    case $what in
    restart) daemon "$n" stop "$name" && daemon "$n" start "$name" ;;
    stop) # as a service manager does it
        local pid; pid=$(cat "$pidfile")
        kill "$pid" 2> /dev/null
        soon 30 eval "! kill -0 $pid" || daemon "$n" kill "$name" ;;
    kill)
        local pid; pid=$(cat "$pidfile")
        kill -9 "$pid" 2> /dev/null
        soon 10 eval "! kill -0 $pid" ;;
    start)
        local in=(nsenter -t "$(lab_pid "$n")" -m -n -u --) log=$LOGS/$n.$name traced=''
        ! traced "$name" || traced=1
        case $name in
        polkitd) in+=(/usr/lib/polkit-1/polkitd --no-debug) ;;
        wpa_supplicant)
            in+=(wpa_supplicant -s -O "DIR=/run/wpa_supplicant GROUP=netdev" ${traced:+-dd} -t -f "$log.debug")
            [ "$(lab_shape "$n")" = bare ] || in+=(-u)
            if ! has_manager "$n"; then
                supplicant_configuration "$n" > "/proc/$(lab_pid "$n")/root/run/wpa.conf"
                in+=(-g /run/wpa_global -i wlan0 -D nl80211 -c /run/wpa.conf)
            fi ;;
        NetworkManager) in+=(NetworkManager --debug --log-level="$([ "$traced" ] && echo TRACE || echo INFO)") ;;
        bluetoothd)
            # Bluetooth sockets exist in the first network namespace only: there, but on the node's bus.
            in=(env "HCI_ONLY=$(cat "/run/lab/$n.controller")" LD_PRELOAD=/usr/local/lib/hci_only.so nsenter -t "$(lab_pid "$n")" -m -u --
                /usr/libexec/bluetooth/bluetoothd -n ${traced:+-d} $BLUETOOTHD_FLAGS) ;;
        *) echo "lab: no daemon $name" >&2; return 2 ;;
        esac
        setsid "${in[@]}" < /dev/null >> "$log.log" 2>&1 &
        echo $! > "$pidfile"
        disown ;;
    esac
}

radio() { # A off|on|gone|back|second|single
    local phy; phy=phy$(lab_radio "$1")
    local group=/sys/kernel/debug/ieee80211/$phy/hwsim/group block=block
    case $2 in
    on | off)
        if has_manager "$1"; then
            node "$1" nmcli radio wifi "$2"
        else
            [ "$2" = off ] || block=unblock
            node "$1" sh -c "rfkill $block \$(cat /sys/class/ieee80211/$phy/rfkill*/index)"
            # As wpa_supplicant would; here it says at its start that it cannot tell how the switch stands.
            [ "$2" = off ] || node "$1" ip link set wlan0 up
        fi ;;
    gone) echo 2 > "$group" ;;
    back) echo 1 > "$group" ;;
    second)
        node "$1" iw phy "$phy" interface add wlan1 type managed
        has_manager "$1" || node "$1" wpa_cli -g /run/wpa_global interface_add wlan1 /run/wpa.conf nl80211 DIR=/run/wpa_supplicant > /dev/null ;;
    single) node "$1" iw dev wlan1 del ;;
    esac
}

regulation() { # COUNTRY; one for all radios, the kernel has only one
    iw reg set "$1"
    soon 10 eval "iw reg get | grep -q '^country $1:'"
}

firewall() { # A on|off; what a desktop's firewall does: answers and neighbour discovery come in, nothing new
    node "$1" nft flush ruleset
    [ "$2" = on ] || return 0
    node "$1" nft -f - <<'RULES'
table inet lab {
    chain input {
        type filter hook input priority 0; policy drop;
        ct state established,related accept
        iif lo accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept
        counter
    }
}
RULES
}

lab_radios() {
    local n i=0 phy radios='' others=''
    for n in $(lab_nodes); do
        if has_p2p "$n"; then radios+=" $n"; else others+=" $n"; fi
    done
    if [ -n "${LAB_AP-}" ]; then
        radios+=" AP"
        unshare -n sleep infinity & echo $! > /run/lab/AP.pid
        soon 5 eval '[ "$(readlink /proc/$(lab_pid AP)/ns/net)" != "$(readlink /proc/self/ns/net)" ]'
    fi
    modprobe cfg80211
    modprobe mac80211_hwsim "radios=$(wc -w <<< "$radios")" "channels=$LAB_CHANNELS"
    for n in $others; do python3 $LAB/radio.py "$LAB_CHANNELS" || return 1; done
    iw reg set US 2> /dev/null
    for n in $radios $others; do
        echo $i > "/run/lab/$n.radio"
        phy=$(ls /sys/class/ieee80211 | sort -V | head -1)
        iw phy "$phy" set netns "$(lab_pid "$n")"
        nsenter -t "$(lab_pid "$n")" -n -- ip link set "wlan$i" down
        [ $i = 0 ] || nsenter -t "$(lab_pid "$n")" -n -- ip link set "wlan$i" name wlan0
        i=$((i + 1))
    done
}

lab_access_point() { # an open one, and both nodes on it: a machine at home or at work
    printf '%s\n' interface=wlan0 ssid=labap hw_mode=g "channel=$LAB_AP" > /run/lab/hostapd.conf
    nsenter -t "$(lab_pid AP)" -n -- hostapd -B /run/lab/hostapd.conf > "$LOGS/hostapd.log" 2>&1 || { cat "$LOGS/hostapd.log"; return 1; }
    nsenter -t "$(lab_pid AP)" -n -- ip addr add 10.9.0.1/24 dev wlan0
    local n i=2
    for n in $(lab_nodes managed beside); do
        node $n nmcli connection add type wifi con-name labap ifname wlan0 ssid labap autoconnect yes \
            ipv4.method manual ipv4.addresses 10.9.0.$i/24 ipv6.method ignore > /dev/null
        i=$((i + 1))
    done
    for n in $(lab_nodes managed beside); do
        soon 120 node $n sh -c 'nmcli -t -f DEVICE,STATE device | grep -q wlan0:connected || { nmcli -w 30 connection up labap && false; }'
        node $n ping -q -c 1 -W 5 10.9.0.1 > /dev/null && echo "lab: $n is on the access point"
    done
}

lab_bluetooth() { # one virtual LE controller for each node that is somebody's computer
    local n i=0
    for n in $(lab_nodes managed beside alone root); do
        echo $i > "/run/lab/$n.controller"
        i=$((i + 1))
    done
    modprobe hci_vhci
    LD_PRELOAD=/usr/local/lib/supervision.so setsid btvirt -L -l$i < /dev/null >> "$LOGS/btvirt.log" 2>&1 &
    echo $! > /run/lab/btvirt
    disown
    soon 10 test -e "/sys/class/bluetooth/hci$((i - 1))" || return 1
    if traced bluetoothd; then
        setsid btmon -T < /dev/null >> "$LOGS/btmon.log" 2>&1 &
        disown
    fi
}

has_bluetooth() { soon "$2" node "$1" sh -c 'busctl tree --list org.bluez | grep -q hci'; }

lab_bluetooth_again() { # on a busy machine the kernel gives up on a controller that is slow to answer at first
    kill -9 "$(cat /run/lab/btvirt)"
    soon 10 test ! -e /sys/class/bluetooth/hci0
    lab_bluetooth
}

lab_session() { # A: alice's bus and screen; the tray is the lab's (desktop.py)
    alice "$1" setsid dbus-daemon --config-file=$LAB/session.conf --nofork --nopidfile < /dev/null >> "$LOGS/$1.session-bus.log" 2>&1 &
    alice "$1" setsid Xvfb :1 -ac -screen 0 1280x800x24 -nolisten tcp -extension GLX < /dev/null >> "$LOGS/$1.Xvfb.log" 2>&1 &
}

bus_has() { node "$1" busctl call org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s "$2" | grep -q true; }

lab_up() {
    mkdir -p /run/lab "$LOGS"
    local n word users kind
    for word in ${LAB_NODES:-A B}; do
        n=${word%=*}
        [ "$n" != "$word" ] || word=$n=${LAB_SHAPE:-managed}
        node_new "$n" "${word#*=}" || return 1
        echo "$n" >> /run/lab/nodes
    done
    lab_radios || return 1
    users=$(lab_nodes managed beside alone root)
    for n in $users; do
        node $n dbus-daemon --system --nopidfile --fork
        daemon $n start polkitd
    done
    for n in $(lab_nodes); do
        daemon $n start wpa_supplicant
    done
    if [ -n "$users" ]; then
        lab_bluetooth || return 1
        for n in $users; do daemon $n start bluetoothd; done
    fi
    for n in $(lab_nodes alone root bare); do
        soon 20 node $n wpa_cli -g /run/wpa_global ping || return 1
    done
    for n in $users; do
        soon 20 bus_has $n fi.w1.wpa_supplicant1 || return 1
        ! has_manager $n || daemon $n start NetworkManager
        lab_session $n
    done
    for n in $users; do
        soon 20 node $n test -S /run/user/1000/bus && soon 20 node $n test -S /tmp/.X11-unix/X1 || return 1
        has_bluetooth $n 15 || { lab_bluetooth_again && has_bluetooth $n 20; } || return 1
        kind=wifi-p2p; has_p2p $n || kind=wifi
        ! has_manager $n || soon 120 node $n sh -c "nmcli -t -f TYPE,STATE device | grep -q ^$kind:disconnected" || return 1
    done
    [ -z "${LAB_AP-}" ] || lab_access_point || return 1
    echo "lab: the machines are up at $(cut -d' ' -f1 /proc/uptime) s:$(for n in $(lab_nodes); do echo " $n ($(lab_shape "$n"))"; done | tr -d '\n')"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then "$@"; fi
