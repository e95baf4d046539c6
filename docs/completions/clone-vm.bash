#!/bin/bash

__clone-vm_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__clone-vm_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__clone-vm_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__clone-vm_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_clone-vm() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    clone|vm|disk|nic|snapshot|domain|job|event|user|permission|recover|serve|help)
        # Offer subcommand argument completions
        "_clone-vm_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'clone vm disk nic snapshot domain job event user permission recover serve help' -- "${cur}"))
        ;;
    esac
}

_clone-vm_clone() {
    repeating_flags=()
    non_repeating_flags=(--keep-macs --no-space-check --dry-run --start --detach --quiet -q --json --version -h --help)
    repeating_options=(--disk --omit)
    non_repeating_options=(--snapshot --name --description --to --shared-disks --rate-limit --state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--snapshot')
        return
        ;;
    '--name')
        return
        ;;
    '--description')
        return
        ;;
    '--disk')
        return
        ;;
    '--to')
        return
        ;;
    '--omit')
        return
        ;;
    '--shared-disks')
        __clone-vm_add_completions -W 'attach-unplugged'$'\n''attach-plugged'$'\n''omit'$'\n''refuse'
        return
        ;;
    '--rate-limit')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|list|show|remove|start|stop|set-status)
        # Offer subcommand argument completions
        "_clone-vm_vm_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add list show remove start stop set-status' -- "${cur}"))
        ;;
    esac
}

_clone-vm_vm_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=(--nic)
    non_repeating_options=(--memory --sockets --cores --threads --firmware --description --state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--memory')
        return
        ;;
    '--sockets')
        return
        ;;
    '--cores')
        return
        ;;
    '--threads')
        return
        ;;
    '--firmware')
        __clone-vm_add_completions -W 'bios'$'\n''uefi'
        return
        ;;
    '--description')
        return
        ;;
    '--nic')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_start() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_stop() {
    repeating_flags=()
    non_repeating_flags=(--force --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_vm_set-status() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -W 'up'$'\n''down'
        return
        ;;
    esac
}

_clone-vm_disk() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|adopt|add-lun|attach|detach|list|plug|unplug|remove)
        # Offer subcommand argument completions
        "_clone-vm_disk_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add adopt add-lun attach detach list plug unplug remove' -- "${cur}"))
        ;;
    esac
}

_clone-vm_disk_add() {
    repeating_flags=()
    non_repeating_flags=(--shareable --read-only --unplugged --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--domain --size --format --allocation --interface --boot-order --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--domain')
        return
        ;;
    '--size')
        return
        ;;
    '--format')
        __clone-vm_add_completions -W 'raw'$'\n''cow'
        return
        ;;
    '--allocation')
        __clone-vm_add_completions -W 'sparse'$'\n''preallocated'
        return
        ;;
    '--interface')
        __clone-vm_add_completions -W 'virtio'$'\n''virtio_scsi'$'\n''sata'$'\n''ide'
        return
        ;;
    '--boot-order')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_adopt() {
    repeating_flags=()
    non_repeating_flags=(--shareable --read-only --unplugged --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--format --alias --interface --boot-order --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--format')
        __clone-vm_add_completions -W 'raw'$'\n''cow'
        return
        ;;
    '--alias')
        return
        ;;
    '--interface')
        __clone-vm_add_completions -W 'virtio'$'\n''virtio_scsi'$'\n''sata'$'\n''ide'
        return
        ;;
    '--boot-order')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -f
        return
        ;;
    esac
}

_clone-vm_disk_add-lun() {
    repeating_flags=()
    non_repeating_flags=(--read-only --unplugged --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--alias --interface --boot-order --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--alias')
        return
        ;;
    '--interface')
        __clone-vm_add_completions -W 'virtio'$'\n''virtio_scsi'$'\n''sata'$'\n''ide'
        return
        ;;
    '--boot-order')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -f
        return
        ;;
    esac
}

_clone-vm_disk_attach() {
    repeating_flags=()
    non_repeating_flags=(--read-only --unplugged --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--interface --boot-order --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--interface')
        __clone-vm_add_completions -W 'virtio'$'\n''virtio_scsi'$'\n''sata'$'\n''ide'
        return
        ;;
    '--boot-order')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_detach() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_plug() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_unplug() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_disk_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_nic() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add)
        # Offer subcommand argument completions
        "_clone-vm_nic_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add' -- "${cur}"))
        ;;
    esac
}

_clone-vm_nic_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--model --network --mac --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--model')
        __clone-vm_add_completions -W 'virtio'$'\n''e1000'$'\n''e1000e'$'\n''rtl8139'
        return
        ;;
    '--network')
        return
        ;;
    '--mac')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_snapshot() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    create|list|show|delete)
        # Offer subcommand argument completions
        "_clone-vm_snapshot_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'create list show delete' -- "${cur}"))
        ;;
    esac
}

_clone-vm_snapshot_create() {
    repeating_flags=()
    non_repeating_flags=(--quiesce --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--domain --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--domain')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_snapshot_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--search --state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_snapshot_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_snapshot_delete() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_domain() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|list|remove|maintenance|activate)
        # Offer subcommand argument completions
        "_clone-vm_domain_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add list remove maintenance activate' -- "${cur}"))
        ;;
    esac
}

_clone-vm_domain_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -d
        return
        ;;
    esac
}

_clone-vm_domain_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_domain_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_domain_maintenance() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_domain_activate() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_job() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|watch|cancel)
        # Offer subcommand argument completions
        "_clone-vm_job_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show watch cancel' -- "${cur}"))
        ;;
    esac
}

_clone-vm_job_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit --search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_job_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_job_watch() {
    repeating_flags=()
    non_repeating_flags=(--quiet -q --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_job_cancel() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_event() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|follow)
        # Offer subcommand argument completions
        "_clone-vm_event_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list follow' -- "${cur}"))
        ;;
    esac
}

_clone-vm_event_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit --after --job --search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--after')
        return
        ;;
    '--job')
        return
        ;;
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_event_follow() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--limit --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--limit')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_user() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|list|password|remove)
        # Offer subcommand argument completions
        "_clone-vm_user_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add list password remove' -- "${cur}"))
        ;;
    esac
}

_clone-vm_user_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--password-file --state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--password-file')
        __clone-vm_add_completions -f
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_user_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--search --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--search')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_user_password() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--password-file --state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--password-file')
        __clone-vm_add_completions -f
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_user_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_permission() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    grant|revoke|list)
        # Offer subcommand argument completions
        "_clone-vm_permission_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'grant revoke list' -- "${cur}"))
        ;;
    esac
}

_clone-vm_permission_grant() {
    repeating_flags=()
    non_repeating_flags=(--system --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--vm --disk --domain --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--vm')
        return
        ;;
    '--disk')
        return
        ;;
    '--domain')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -W 'SuperUser'$'\n''ReadOnlyAdmin'$'\n''ClusterAdmin'$'\n''StorageAdmin'$'\n''PowerUserRole'$'\n''UserRole'$'\n''UserVmRunTimeManager'$'\n''UserVmManager'$'\n''VmCreator'$'\n''DiskCreator'$'\n''DiskOperator'
        return
        ;;
    esac
}

_clone-vm_permission_revoke() {
    repeating_flags=()
    non_repeating_flags=(--system --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--vm --disk --domain --state --connect)
    __clone-vm_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--vm')
        return
        ;;
    '--disk')
        return
        ;;
    '--domain')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __clone-vm_add_completions -W 'SuperUser'$'\n''ReadOnlyAdmin'$'\n''ClusterAdmin'$'\n''StorageAdmin'$'\n''PowerUserRole'$'\n''UserRole'$'\n''UserVmRunTimeManager'$'\n''UserVmManager'$'\n''VmCreator'$'\n''DiskCreator'$'\n''DiskOperator'
        return
        ;;
    esac
}

_clone-vm_permission_list() {
    repeating_flags=()
    non_repeating_flags=(--system --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--user --vm --disk --domain --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--user')
        return
        ;;
    '--vm')
        return
        ;;
    '--disk')
        return
        ;;
    '--domain')
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_recover() {
    repeating_flags=()
    non_repeating_flags=(--check --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_serve() {
    repeating_flags=()
    non_repeating_flags=(--plain-http --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--address --port --certificate --key --log-level --at-end --state --connect)
    __clone-vm_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--address')
        return
        ;;
    '--port')
        return
        ;;
    '--certificate')
        __clone-vm_add_completions -o plusdirs -fX '!*.@(pem|crt)'
        return
        ;;
    '--key')
        __clone-vm_add_completions -o plusdirs -fX '!*.@(pem|key)'
        return
        ;;
    '--log-level')
        __clone-vm_add_completions -W 'trace'$'\n''debug'$'\n''info'$'\n''notice'$'\n''warning'$'\n''error'$'\n''critical'
        return
        ;;
    '--at-end')
        __clone-vm_add_completions -W 'wait'$'\n''resume'$'\n''leave'
        return
        ;;
    '--state')
        __clone-vm_add_completions -d
        return
        ;;
    '--connect')
        return
        ;;
    esac
}

_clone-vm_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __clone-vm_offer_flags_options -1
}

complete -o filenames -F _clone-vm clone-vm
