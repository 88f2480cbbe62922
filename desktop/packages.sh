# Which Debian or Ubuntu packages are needed, and how they get here. Sourced by `desktop/try` and `tests/run`; $sudo is '' or 'sudo -n'.

needed_to_run() {
    echo python3 python3-venv libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 fonts-dejavu-core \
        libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libxcb-image0 \
        libxcb-render-util0 libxcb-randr0 libx11-xcb1 libwayland-cursor0
}

needed_to_test() { echo dbus dbus-bin xvfb xauth iproute2 desktop-file-utils appstream bash-completion zsh fish man-db trayer xdotool at-spi2-core; }

# Panels, compositors and notification servers that the applet is tried with, and what looks at the screen.
needed_for_desktop() {
    echo lxqt-panel xfce4-panel trayer sway waybar grim weston dunst xfce4-notifyd openbox xdotool imagemagick x11-xserver-utils
}

needed_for_deb() { echo mmdebstrap debian-archive-keyring util-linux; }

needed_for_lab() { echo qemu-system-x86 mmdebstrap debian-archive-keyring e2fsprogs cpio kmod gcc libc6-dev xz-utils gzip python3-pip; }

# Install the named packages that are not there. Fails when some could not be installed, after naming them.
install_missing() {
    command -v dpkg-query > /dev/null || {
        echo "This is not Debian or Ubuntu; the README has the package names for Fedora and Arch."
        return 1
    }
    missing=
    for package; do
        dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'ok installed' && continue
        # libglib2.0-0 became libglib2.0-0t64 in Debian 13 and Ubuntu 24.04, and so did others.
        dpkg-query -W -f='${Status}' "${package}t64" 2> /dev/null | grep -q 'ok installed' && continue
        missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ -n "$sudo" ] && ! $sudo true 2> /dev/null; then
        echo "Please install:$missing"
        return 1
    fi
    echo "installing:$missing"
    $sudo apt-get -q -q update > /dev/null || true
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $sudo apt-get -q -q -y --no-install-recommends install $missing > /dev/null
}

# The newest Python that the project supports, of those that can make a virtual environment.
find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2> /dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# The Debian mirror that this machine's apt uses.
debian_mirror() {
    found=${NEARBY_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' 2> /dev/null |
        awk '$2 == "Debian" && $3 == "Debian" {print $1; exit}')}
    [ -n "$found" ] && echo "$found"
}
