function __clone-vm_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __clone-vm_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __clone-vm_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __clone-vm_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __clone-vm_parse_tokens -S
    set -l unparsed_tokens (__clone-vm_tokens -pc)
    switch $unparsed_tokens[1]
    case 'clone-vm'
        __clone-vm_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'clone'
            __clone-vm_parse_subcommand 1 'snapshot=' 'name=' 'description=' 'disk=+' 'omit=+' 'shared-disks=' 'keep-macs' 'no-space-check' 'rate-limit=' 'dry-run' 'detach' 'q/quiet' 'state=' 'json' 'version' 'h/help'
        case 'vm'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __clone-vm_parse_subcommand 1 'memory=' 'sockets=' 'cores=' 'threads=' 'firmware=' 'description=' 'nic=+' 'state=' 'json' 'version' 'h/help'
            case 'list'
                __clone-vm_parse_subcommand 0 'state=' 'json' 'version' 'h/help'
            case 'show'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'remove'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'set-status'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            end
        case 'disk'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __clone-vm_parse_subcommand 2 'domain=' 'size=' 'format=' 'allocation=' 'shareable' 'interface=' 'boot-order=' 'read-only' 'unplugged' 'state=' 'json' 'version' 'h/help'
            case 'adopt'
                __clone-vm_parse_subcommand 2 'format=' 'alias=' 'shareable' 'interface=' 'boot-order=' 'read-only' 'unplugged' 'state=' 'json' 'version' 'h/help'
            case 'add-lun'
                __clone-vm_parse_subcommand 2 'alias=' 'interface=' 'boot-order=' 'read-only' 'unplugged' 'state=' 'json' 'version' 'h/help'
            case 'attach'
                __clone-vm_parse_subcommand 2 'interface=' 'boot-order=' 'read-only' 'unplugged' 'state=' 'json' 'version' 'h/help'
            case 'detach'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            case 'list'
                __clone-vm_parse_subcommand 0 'state=' 'json' 'version' 'h/help'
            case 'plug'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            case 'unplug'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            case 'remove'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            end
        case 'nic'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __clone-vm_parse_subcommand 2 'model=' 'network=' 'mac=' 'state=' 'json' 'version' 'h/help'
            end
        case 'snapshot'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'create'
                __clone-vm_parse_subcommand 2 'domain=' 'state=' 'json' 'version' 'h/help'
            case 'list'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'show'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            case 'delete'
                __clone-vm_parse_subcommand 2 'q/quiet' 'state=' 'json' 'version' 'h/help'
            end
        case 'domain'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __clone-vm_parse_subcommand 2 'state=' 'json' 'version' 'h/help'
            case 'list'
                __clone-vm_parse_subcommand 0 'state=' 'json' 'version' 'h/help'
            case 'remove'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'maintenance'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'activate'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            end
        case 'job'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __clone-vm_parse_subcommand 0 'limit=' 'state=' 'json' 'version' 'h/help'
            case 'show'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            case 'watch'
                __clone-vm_parse_subcommand 1 'q/quiet' 'state=' 'json' 'version' 'h/help'
            case 'cancel'
                __clone-vm_parse_subcommand 1 'state=' 'json' 'version' 'h/help'
            end
        case 'event'
            __clone-vm_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'list'
                __clone-vm_parse_subcommand 0 'limit=' 'after=' 'job=' 'state=' 'json' 'version' 'h/help'
            case 'follow'
                __clone-vm_parse_subcommand 0 'limit=' 'state=' 'json' 'version' 'h/help'
            end
        case 'recover'
            __clone-vm_parse_subcommand 0 'check' 'state=' 'json' 'version' 'h/help'
        case 'serve'
            __clone-vm_parse_subcommand 0 'address=' 'port=' 'certificate=' 'key=' 'plain-http' 'log-level=' 'at-end=' 'state=' 'json' 'version' 'h/help'
        case 'help'
            __clone-vm_parse_subcommand -r 1 'version'
        end
    end
end

function __clone-vm_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __clone-vm_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __clone-vm_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __clone-vm_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__clone-vm_tokens -p)
    if test -z "$(__clone-vm_tokens -t)"
        set -l index (count (__clone-vm_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'clone-vm' -f
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'clone' -d 'Makes a new VM from a snapshot of a VM.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'vm' -d 'VMs: what they are made of, and which there are.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'disk' -d 'Disks of VMs.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'nic' -d 'Network cards of VMs.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'snapshot' -d 'Snapshots of VMs.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'domain' -d 'Storage domains: directories that disks lie in.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'job' -d 'Work that goes on, and that has ended.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'event' -d 'What has happened.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'recover' -d 'Finishes or undoes what killed processes have left.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'serve' -d 'Answers oVirt\'s REST API, and shows pages to browsers.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" snapshot' -l 'snapshot' -d 'The snapshot\'s description or id.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" name' -l 'name' -d 'What to call the new VM.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" description' -l 'description' -d 'What people should know of it.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone"' -l 'disk' -d 'Settings of one disk, by its alias or id. May be repeated.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone"' -l 'omit' -d 'Leave out this disk. May be repeated.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" shared-disks' -l 'shared-disks' -d 'What becomes of shareable disks and LUNs, which are not copied.' -rfka 'attach-unplugged attach-plugged omit refuse'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" keep-macs' -l 'keep-macs' -d 'Keep the addresses of network cards; no other VM may have them.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" no-space-check' -l 'no-space-check' -d 'Begin even if there seems to be too little space.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" rate-limit' -l 'rate-limit' -d 'Copy at most so many bytes of each disk in a second, as in 50M.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" dry-run' -l 'dry-run' -d 'Print what would be made, and make nothing.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" detach' -l 'detach' -d 'Go on in the background, and print the job\'s id.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" q quiet' -l 'quiet' -s 'q' -d 'Show no progress, and print nothing but warnings and errors.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm clone" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm" -eq 1' -fa 'add' -d 'Makes a VM without disks.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm" -eq 1' -fa 'list' -d 'Lists VMs.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm" -eq 1' -fa 'show' -d 'Shows a VM with its disks, network cards and snapshots.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm" -eq 1' -fa 'remove' -d 'Removes a VM, its snapshots, and the disks that no other VM has.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm" -eq 1' -fa 'set-status' -d 'Tells that somebody has started or stopped a VM.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" memory' -l 'memory' -d 'The guest\'s memory, as in 512M or 2G.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" sockets' -l 'sockets' -d 'Sockets with processors.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" cores' -l 'cores' -d 'Cores of each socket.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" threads' -l 'threads' -d 'Threads of each core.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" firmware' -l 'firmware' -d 'What starts the guest.' -rfka 'bios uefi'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" description' -l 'description' -d 'What people should know of it.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add"' -l 'nic' -d 'Give it a network card. May be repeated.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm show" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm show" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm show" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm remove" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm remove" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm remove" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm vm set-status" -eq 1' -fka 'up down'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm set-status" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm set-status" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm set-status" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm vm set-status" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'add' -d 'Makes an empty disk for a VM.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'adopt' -d 'Makes an existing image, with all below it, a VM\'s disk.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'add-lun' -d 'Gives a block device straight to a VM.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'attach' -d 'Gives a disk that VMs may share to one more of them.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'detach' -d 'Takes a disk from a VM; the disk stays, and any VM may be given it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'list' -d 'Lists disks, where they lie, and which VMs have them.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'plug' -d 'Lets a VM\'s guest see a disk.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'unplug' -d 'Takes a disk out of the sight of a VM\'s guest.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk" -eq 1' -fa 'remove' -d 'Removes a disk with all its snapshots\' states.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" domain' -l 'domain' -d 'The storage domain\'s name or id.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" size' -l 'size' -d 'The size that the guest sees, as in 512M or 10G.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" format' -l 'format' -d 'cow is qcow2: it takes space as it is written.' -rfka 'raw cow'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" allocation' -l 'allocation' -d 'Whether space is taken as it is written, or all at once.' -rfka 'sparse preallocated'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" shareable' -l 'shareable' -d 'Several VMs may have it, and write to it, at the same time.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" interface' -l 'interface' -d 'How the guest talks to the disk.' -rfka 'virtio virtio_scsi sata ide'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" boot-order' -l 'boot-order' -d 'The place among the disks that the VM starts from.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" read-only' -l 'read-only' -d 'The guest cannot write to it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" unplugged' -l 'unplugged' -d 'The guest does not see it until it is plugged.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk adopt" -eq 1' -F
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" format' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw cow'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" alias' -l 'alias' -d 'What to call the disk; else as the file, without its extension.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" shareable' -l 'shareable' -d 'Several VMs may have it, and write to it, at the same time.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" interface' -l 'interface' -d 'How the guest talks to the disk.' -rfka 'virtio virtio_scsi sata ide'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" boot-order' -l 'boot-order' -d 'The place among the disks that the VM starts from.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" read-only' -l 'read-only' -d 'The guest cannot write to it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" unplugged' -l 'unplugged' -d 'The guest does not see it until it is plugged.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk adopt" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm disk add-lun" -eq 1' -F
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" alias' -l 'alias' -d 'What to call the disk; else as the device.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" interface' -l 'interface' -d 'How the guest talks to the disk.' -rfka 'virtio virtio_scsi sata ide'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" boot-order' -l 'boot-order' -d 'The place among the disks that the VM starts from.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" read-only' -l 'read-only' -d 'The guest cannot write to it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" unplugged' -l 'unplugged' -d 'The guest does not see it until it is plugged.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk add-lun" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" interface' -l 'interface' -d 'How the guest talks to the disk.' -rfka 'virtio virtio_scsi sata ide'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" boot-order' -l 'boot-order' -d 'The place among the disks that the VM starts from.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" read-only' -l 'read-only' -d 'The guest cannot write to it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" unplugged' -l 'unplugged' -d 'The guest does not see it until it is plugged.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk attach" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk detach" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk detach" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk detach" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk detach" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk plug" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk plug" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk plug" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk plug" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk unplug" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk unplug" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk unplug" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk unplug" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk remove" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk remove" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk remove" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm disk remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm nic" -eq 1' -fa 'add' -d 'Gives a VM one more network card.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" model' -l 'model' -d 'What the guest believes the card to be.' -rfka 'virtio e1000 e1000e rtl8139'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" network' -l 'network' -d 'The network that it is plugged into.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" mac' -l 'mac' -d 'Its address; else the next that is free.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm nic add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm snapshot" -eq 1' -fa 'create' -d 'Keeps the state of a VM\'s disks and its configuration.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm snapshot" -eq 1' -fa 'list' -d 'Lists a VM\'s snapshots, and its present state at the end.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm snapshot" -eq 1' -fa 'show' -d 'Shows a VM as it was when a snapshot was taken.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm snapshot" -eq 1' -fa 'delete' -d 'Removes a snapshot; what the VM reads now does not change.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot create" domain' -l 'domain' -d 'The storage domain for new volumes of disks that lie in none.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot create" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot create" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot create" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot create" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot show" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot show" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot show" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot delete" q quiet' -l 'quiet' -s 'q' -d 'Show no progress.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot delete" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot delete" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot delete" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm snapshot delete" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain" -eq 1' -fa 'add' -d 'Makes a directory a storage domain.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain" -eq 1' -fa 'list' -d 'Lists storage domains with the space that is free.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain" -eq 1' -fa 'remove' -d 'Forgets a storage domain without disks; its directory stays.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain" -eq 1' -fa 'maintenance' -d 'Takes a storage domain out of use: nothing is read from it or made in it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain" -eq 1' -fa 'activate' -d 'Takes a storage domain into use again.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm domain add" -eq 1' -fa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain add" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain add" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain add" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain remove" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain remove" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain remove" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain maintenance" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain maintenance" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain maintenance" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain maintenance" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain activate" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain activate" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain activate" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm domain activate" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm job" -eq 1' -fa 'list' -d 'Lists jobs, the newest first.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm job" -eq 1' -fa 'show' -d 'Shows a job with each disk\'s part.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm job" -eq 1' -fa 'watch' -d 'Shows how far a job is until it ends, whatever process does it.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm job" -eq 1' -fa 'cancel' -d 'Asks a job to stop, whatever process does it; it is undone then.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job list" limit' -l 'limit' -d 'List so many at most.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job show" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job show" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job show" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job show" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job watch" q quiet' -l 'quiet' -s 'q' -d 'Show no progress.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job watch" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job watch" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job watch" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job watch" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job cancel" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job cancel" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job cancel" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm job cancel" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm event" -eq 1' -fa 'list' -d 'Lists the latest events, the oldest of them first.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_positional "clone-vm event" -eq 1' -fa 'follow' -d 'Shows the last events, and each new one, until a signal comes.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" limit' -l 'limit' -d 'List so many at most.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" after' -l 'after' -d 'Only those after the event with this number.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" job' -l 'job' -d 'Only those of this job.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event follow" limit' -l 'limit' -d 'Begin with so many that are there already.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event follow" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event follow" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event follow" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm event follow" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm recover" check' -l 'check' -d 'Look for what does not agree.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm recover" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm recover" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm recover" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm recover" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" address' -l 'address' -d 'Listen on this address; 0.0.0.0 or :: for all of the host\'s.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" port' -l 'port' -d 'Listen on this port; 0 for one that is free.' -rfka ''
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" certificate' -l 'certificate' -d 'Use this certificate, with those that vouch for it behind it, as PEM.' -rfa '(set -l exts \'pem\' \'crt\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" key' -l 'key' -d 'The certificate\'s private key, as PEM.' -rfa '(set -l exts \'pem\' \'key\';for p in (string match -e -- \'*/\' (commandline -t);or printf \n)*.{$exts};printf %s\n $p;end;__fish_complete_directories (commandline -t) \'\')'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" plain-http' -l 'plain-http' -d 'Speak HTTP without TLS; on addresses of the loopback only.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" log-level' -l 'log-level' -d 'Log what is at least this important.' -rfka 'trace debug info notice warning error critical'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" at-end' -l 'at-end' -d 'What becomes of running clones at the end: wait for them, or leave them to be undone at the next start.' -rfka 'wait leave'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" state' -l 'state' -d 'Keep what is known of VMs in this directory; else in $CLONE_VM_STATE, $XDG_STATE_HOME/clone-vm or ~/.local/state/clone-vm.' -rfa '(__clone-vm_complete_directories)'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" json' -l 'json' -d 'Print lines of JSON. Sizes are in bytes, times as in ISO 8601.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" version' -l 'version' -d 'Show the version.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm serve" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-vm' -n '__clone-vm_should_offer_completions_for_flags_or_options "clone-vm help" version' -l 'version' -d 'Show the version.'
