#!/bin/bash

__clone-image_cursor_index_in_current_word() {
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
__clone-image_offer_flags_options() {
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

__clone-image_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__clone-image_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_clone-image() {
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
    __clone-image_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    collapse|chain|compare|digest|clean|check|convert|create|info|map|measure|rebase|snapshot|help)
        # Offer subcommand argument completions
        "_clone-image_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'collapse chain compare digest clean check convert create info map measure rebase snapshot help' -- "${cur}"))
        ;;
    esac
}

_clone-image_collapse() {
    repeating_flags=()
    non_repeating_flags=(--in-place --trust-probed --force-share --salvage --direct --digest --verify --resume --no-space-check --force --json --quiet -q --version -h --help)
    repeating_options=(--allow-backing -o --option)
    non_repeating_options=(--source-format --snapshot --wait-lock --format --compress --cluster-size --preallocation --cache --rate-limit --reflink --base --progress --progress-descriptor --threads)
    __clone-image_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--source-format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--snapshot')
        return
        ;;
    '--allow-backing')
        __clone-image_add_completions -W 'within'$'\n''same-directory'$'\n''any-local'$'\n''none'
        return
        ;;
    '--wait-lock')
        return
        ;;
    '--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--compress')
        __clone-image_add_completions -W 'zlib'$'\n''zstd'
        return
        ;;
    '--cluster-size')
        return
        ;;
    '--preallocation')
        __clone-image_add_completions -W 'off'$'\n''metadata'$'\n''falloc'$'\n''full'
        return
        ;;
    '-o'|'--option')
        return
        ;;
    '--cache')
        __clone-image_add_completions -W 'writeback'$'\n''unsafe'
        return
        ;;
    '--rate-limit')
        return
        ;;
    '--reflink')
        __clone-image_add_completions -W 'auto'$'\n''always'$'\n''never'
        return
        ;;
    '--base')
        __clone-image_add_completions -f
        return
        ;;
    '--progress')
        __clone-image_add_completions -W 'auto'$'\n''bar'$'\n''json'$'\n''none'
        return
        ;;
    '--progress-descriptor')
        return
        ;;
    '--threads')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    2)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_chain() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(-f --format)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-f'|'--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_compare() {
    repeating_flags=()
    non_repeating_flags=(--strict -s --progress -p --quiet -q -U --force-share --trust-probed --version -h --help)
    repeating_options=()
    non_repeating_options=(-f --first-format -F --second-format -T --threads)
    __clone-image_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '-f'|'--first-format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-F'|'--second-format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-T')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    '--threads')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    2)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_digest() {
    repeating_flags=()
    non_repeating_flags=(--trust-probed --force-share --salvage --json --quiet -q --version -h --help)
    repeating_options=(--allow-backing)
    non_repeating_options=(--source-format --snapshot --wait-lock --progress --progress-descriptor --threads)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--source-format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--snapshot')
        return
        ;;
    '--allow-backing')
        __clone-image_add_completions -W 'within'$'\n''same-directory'$'\n''any-local'$'\n''none'
        return
        ;;
    '--wait-lock')
        return
        ;;
    '--progress')
        __clone-image_add_completions -W 'auto'$'\n''bar'$'\n''json'$'\n''none'
        return
        ;;
    '--progress-descriptor')
        return
        ;;
    '--threads')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_clean() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-image_offer_flags_options 1

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -d
        return
        ;;
    esac
}

_clone-image_check() {
    repeating_flags=()
    non_repeating_flags=(-U --force-share --quiet -q --version -h --help)
    repeating_options=()
    non_repeating_options=(-f --format --output -r --repair -T)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-f'|'--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--output')
        __clone-image_add_completions -W 'human'$'\n''json'
        return
        ;;
    '-r'|'--repair')
        __clone-image_add_completions -W 'leaks'$'\n''all'
        return
        ;;
    '-T')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_convert() {
    repeating_flags=()
    non_repeating_flags=(-U --force-share --salvage --trust-probed -c -n --target-is-zero --bitmaps --skip-broken-bitmaps --progress -p --quiet -q -W -C --version -h --help)
    repeating_options=(-o)
    non_repeating_options=(-f -l -T -O -B -b -F -S -t -r -m)
    __clone-image_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-f')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-l')
        return
        ;;
    '-T')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    '-O')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-o')
        return
        ;;
    '-B'|'-b')
        __clone-image_add_completions -f
        return
        ;;
    '-F')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-S')
        return
        ;;
    '-t')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    '-r')
        return
        ;;
    '-m')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_create() {
    repeating_flags=()
    non_repeating_flags=(-u --quiet -q --version -h --help)
    repeating_options=(-o)
    non_repeating_options=(-f -b -F)
    __clone-image_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '-f')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-o')
        return
        ;;
    '-b')
        __clone-image_add_completions -f
        return
        ;;
    '-F')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_info() {
    repeating_flags=()
    non_repeating_flags=(-U --force-share --backing-chain --version -h --help)
    repeating_options=()
    non_repeating_options=(-f --format --output)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-f'|'--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--output')
        __clone-image_add_completions -W 'human'$'\n''json'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_map() {
    repeating_flags=()
    non_repeating_flags=(-U --force-share --provenance --version -h --help)
    repeating_options=()
    non_repeating_options=(-f --format --output -s --start-offset -l --max-length --svg)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-f'|'--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--output')
        __clone-image_add_completions -W 'human'$'\n''json'
        return
        ;;
    '-s'|'--start-offset')
        return
        ;;
    '-l'|'--max-length')
        return
        ;;
    '--svg')
        __clone-image_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_measure() {
    repeating_flags=()
    non_repeating_flags=(-U --force-share --version -h --help)
    repeating_options=(-o)
    non_repeating_options=(--size -O -l -f --format --output)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--size')
        return
        ;;
    '-O')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-o')
        return
        ;;
    '-l')
        return
        ;;
    '-f'|'--format')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '--output')
        __clone-image_add_completions -W 'human'$'\n''json'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_rebase() {
    repeating_flags=()
    non_repeating_flags=(-u -U --force-share --progress -p --quiet -q --version -h --help)
    repeating_options=()
    non_repeating_options=(-b -f -F -t -T)
    __clone-image_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '-b')
        return
        ;;
    '-f')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-F')
        __clone-image_add_completions -W 'raw'$'\n''qcow2'
        return
        ;;
    '-t')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    '-T')
        __clone-image_add_completions -W 'none'$'\n''off'$'\n''directsync'$'\n''writeback'$'\n''writethrough'$'\n''unsafe'
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_snapshot() {
    repeating_flags=(-l)
    non_repeating_flags=(-U --force-share --quiet -q --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __clone-image_offer_flags_options 1

    # Offer positional completions
    case "${positional_number}" in
    1)
        __clone-image_add_completions -f
        return
        ;;
    esac
}

_clone-image_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __clone-image_offer_flags_options -1
}

complete -o filenames -F _clone-image clone-image
