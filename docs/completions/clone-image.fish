function __clone-image_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __clone-image_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __clone-image_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __clone-image_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __clone-image_parse_tokens -S
    set -l unparsed_tokens (__clone-image_tokens -pc)
    switch $unparsed_tokens[1]
    case 'clone-image'
        __clone-image_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'collapse'
            __clone-image_parse_subcommand 2 'in-place' 'source-format=' 'snapshot=' 'allow-backing=+' 'trust-probed' 'wait-lock=' 'force-share' 'salvage' 'format=' 'compress=' 'cluster-size=' 'preallocation=' 'o/option=+' 'cache=' 'direct' 'rate-limit=' 'reflink=' 'base=' 'digest' 'verify' 'resume' 'no-space-check' 'force' 'progress=' 'progress-descriptor=' 'json' 'q/quiet' 'threads=' 'version' 'h/help'
        case 'chain'
            __clone-image_parse_subcommand 1 'f/format=' 'json' 'version' 'h/help'
        case 'compare'
            __clone-image_parse_subcommand 2 'f/first-format=' 'F/second-format=' 'T=' 's/strict' 'p/progress' 'q/quiet' 'U/force-share' 'trust-probed' 'threads=' 'version' 'h/help'
        case 'digest'
            __clone-image_parse_subcommand 1 'source-format=' 'snapshot=' 'allow-backing=+' 'trust-probed' 'wait-lock=' 'force-share' 'salvage' 'progress=' 'progress-descriptor=' 'json' 'q/quiet' 'threads=' 'version' 'h/help'
        case 'clean'
            __clone-image_parse_subcommand 1 'dry-run' 'json' 'version' 'h/help'
        case 'check'
            __clone-image_parse_subcommand 1 'U/force-share' 'f/format=' 'output=' 'r/repair=' 'T=' 'q/quiet' 'version' 'h/help'
        case 'convert'
            __clone-image_parse_subcommand -r 1 'f=' 'l=' 'T=' 'U/force-share' 'salvage' 'trust-probed' 'O=' 'o=+' 'c' 'B=' 'F=' 'n' 'target-is-zero' 'S=' 't=' 'bitmaps' 'skip-broken-bitmaps' 'p/progress' 'q/quiet' 'r=' 'm=' 'W' 'C' 'version' 'h/help'
        case 'create'
            __clone-image_parse_subcommand 2 'f=' 'o=+' 'b=' 'F=' 'u' 'q/quiet' 'version' 'h/help'
        case 'info'
            __clone-image_parse_subcommand 1 'U/force-share' 'f/format=' 'output=' 'backing-chain' 'version' 'h/help'
        case 'map'
            __clone-image_parse_subcommand 1 'U/force-share' 'f/format=' 'output=' 's/start-offset=' 'l/max-length=' 'provenance' 'svg=' 'version' 'h/help'
        case 'measure'
            __clone-image_parse_subcommand 1 'size=' 'O=' 'o=+' 'l=' 'U/force-share' 'f/format=' 'output=' 'version' 'h/help'
        case 'rebase'
            __clone-image_parse_subcommand 1 'b=' 'f=' 'F=' 't=' 'T=' 'u' 'U/force-share' 'p/progress' 'q/quiet' 'version' 'h/help'
        case 'snapshot'
            __clone-image_parse_subcommand 1 'U/force-share' 'l' 'q/quiet' 'version' 'h/help'
        case 'help'
            __clone-image_parse_subcommand -r 1 'version'
        end
    end
end

function __clone-image_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __clone-image_parse_subcommand -S -a positional_count
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

function __clone-image_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __clone-image_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__clone-image_tokens -p)
    if test -z "$(__clone-image_tokens -t)"
        set -l index (count (__clone-image_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'clone-image' -f
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'collapse' -d 'Makes one image of a layer and everything below it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'chain' -d 'Shows the layers of a chain and what a collapse of it would do.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'compare' -d 'Compares what a guest reads from two images.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'digest' -d 'Computes a digest of what a guest reads from an image.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'clean' -d 'Removes what collapses have left that were killed.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'check' -d 'Checks the tables of a qcow2 image, as qemu-img check does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'convert' -d 'Makes one image of a chain, as qemu-img convert does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'create' -d 'Makes a new image, as qemu-img create does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'info' -d 'Tells what an image says of itself, as qemu-img info does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'map' -d 'Tells where the data of a disk lies, as qemu-img map does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'measure' -d 'Tells the size of the file that a disk needs, as qemu-img measure does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'rebase' -d 'Makes an image stand alone, or renames what is below, as qemu-img rebase does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'snapshot' -d 'Lists the internal snapshots of an image, as qemu-img snapshot -l does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image collapse" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image collapse" -eq 2' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" in-place' -l 'in-place' -d 'Make SOURCE itself stand alone; it must be a qcow2 image.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" source-format' -l 'source-format' -d 'The source\'s format. Say raw for a raw disk whose guest is not trusted: it could look like qcow2.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" snapshot' -l 'snapshot' -d 'Read an internal snapshot of SOURCE instead of its present state.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse"' -l 'allow-backing' -d 'Where backing files and data files that an image names may lie. same-directory: in the directory of that image, and below it; so it is when nothing is said. within DIR: in DIR and below it, or the one file or device of that name. any-local: anywhere. none: nowhere. Say it again to allow another place as well. Whoever made an image chose the names, and what is in the files is read as part of the disk.' -rfka 'within same-directory any-local none'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" trust-probed' -l 'trust-probed' -d 'Follow layers that only look like qcow2, because no format is recorded for them. A guest can forge that in a raw disk.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" wait-lock' -l 'wait-lock' -d 'How long to wait for writers of a layer to end; without it a layer that is written to is an error at once.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" force-share' -l 'force-share' -d 'Read layers although a running VM or another program writes to them. What is read may be torn: a mixture of moments that the disk never had. A snapshot and its frozen layer are the safe way.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" salvage' -l 'salvage' -d 'Read what is damaged or missing as zeros, and say how much was lost.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" format' -l 'format' -d 'The target\'s format. Without it, raw for names that end in .raw or .img, else qcow2.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" compress' -l 'compress' -d 'Compress the clusters of a qcow2 target; with zlib when no type is given.' -rfka 'zlib zstd'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" cluster-size' -l 'cluster-size' -d 'The cluster size of a qcow2 target: 512 to 2M.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" preallocation' -l 'preallocation' -d 'Space to take for what reads as zeros. metadata is for qcow2 targets.' -rfka 'off metadata falloc full'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse"' -s 'o' -l 'option' -d 'A creation option of a qcow2 target, as above. May be repeated.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" cache' -l 'cache' -d 'writeback: the target is on stable storage before it gets its name. unsafe: the system writes it when it likes, as with qemu-img convert.' -rfka 'writeback unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" direct' -l 'direct' -d 'Write the target past the page cache (O_DIRECT), as qemu-img convert -t none does.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" rate-limit' -l 'rate-limit' -d 'Write at most so many bytes of data a second: 64k, 100M.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" reflink' -l 'reflink' -d 'Share blocks with the sources on file systems that can. auto: what can be shared. always: fail where something cannot. never: copy everything.' -rfka 'auto always never'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" base' -l 'base' -d 'Collapse only what is above this layer, which becomes the backing file of a qcow2 target.' -rF
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" digest' -l 'digest' -d 'Report the digest of the disk, as clone-image digest prints it. It costs a pass of its own over the source where blocks are shared or --base keeps layers.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" verify' -l 'verify' -d 'Read the target back before it gets its name; when it does not read as the source, it is removed, but for a device. What is read comes from the disk, past the page cache, where the file system lets it; caches of the disk itself or of a file server are not avoided.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" resume' -l 'resume' -d 'Keep what was copied when the work is stopped or fails, and go on with what was kept if the chain and the options are the same.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" no-space-check' -l 'no-space-check' -d 'Begin even if the target cannot fit into the free space.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" force' -l 'force' -d 'Replace the target if it exists. Block devices need this.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" progress' -l 'progress' -d 'Show progress. auto: a bar on a terminal. json: lines with copiedBytes, totalBytes, totalIsExact and seconds.' -rfka 'auto bar json none'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" progress-descriptor' -l 'progress-descriptor' -d 'Show progress on this open descriptor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" json' -l 'json' -d 'Print the report, or the error, as a line of JSON. Its sizes are in bytes.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors and losses.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" threads' -l 'threads' -d 'Use so many threads; else one for each processor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image collapse" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image chain" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image chain" f format' -s 'f' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image chain" json' -l 'json' -d 'Print it as a line of JSON. Its sizes are in bytes.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image chain" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image chain" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image compare" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image compare" -eq 2' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" f first-format' -s 'f' -l 'first-format' -d 'The first image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" F second-format' -s 'F' -l 'second-format' -d 'The second image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" T' -s 'T' -d 'none, off and directsync read what the disk has, not what the page cache has kept.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" s strict' -l 'strict' -s 's' -d 'Sizes must be the same, and allocation: data, compressed data, zeros or nothing. A hole of a raw file is nothing.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" p progress' -l 'progress' -s 'p' -d 'Show progress on standard output.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" U force-share' -s 'U' -l 'force-share' -d 'Compare images even while other programs write to them.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" trust-probed' -l 'trust-probed' -d 'Follow layers that only look like qcow2, because no format is recorded for them.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" threads' -l 'threads' -d 'Use so many threads; else one for each processor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image compare" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image digest" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" source-format' -l 'source-format' -d 'The source\'s format. Say raw for a raw disk whose guest is not trusted: it could look like qcow2.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" snapshot' -l 'snapshot' -d 'Read an internal snapshot of SOURCE instead of its present state.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest"' -l 'allow-backing' -d 'Where backing files and data files that an image names may lie. same-directory: in the directory of that image, and below it; so it is when nothing is said. within DIR: in DIR and below it, or the one file or device of that name. any-local: anywhere. none: nowhere. Say it again to allow another place as well. Whoever made an image chose the names, and what is in the files is read as part of the disk.' -rfka 'within same-directory any-local none'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" trust-probed' -l 'trust-probed' -d 'Follow layers that only look like qcow2, because no format is recorded for them. A guest can forge that in a raw disk.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" wait-lock' -l 'wait-lock' -d 'How long to wait for writers of a layer to end; without it a layer that is written to is an error at once.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" force-share' -l 'force-share' -d 'Read layers although a running VM or another program writes to them. What is read may be torn: a mixture of moments that the disk never had. A snapshot and its frozen layer are the safe way.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" salvage' -l 'salvage' -d 'Read what is damaged or missing as zeros, and say how much was lost.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" progress' -l 'progress' -d 'Show progress. auto: a bar on a terminal. json: lines with copiedBytes, totalBytes, totalIsExact and seconds.' -rfka 'auto bar json none'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" progress-descriptor' -l 'progress-descriptor' -d 'Show progress on this open descriptor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" json' -l 'json' -d 'Print the report, or the error, as a line of JSON. Its sizes are in bytes.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors and losses.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" threads' -l 'threads' -d 'Use so many threads; else one for each processor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image digest" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image clean" -eq 1' -fa '(__clone-image_complete_directories)'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image clean" dry-run' -l 'dry-run' -d 'Tell what would be removed, and remove nothing.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image clean" json' -l 'json' -d 'Print what was found as a line of JSON.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image clean" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image clean" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image check" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" U force-share' -s 'U' -l 'force-share' -d 'Look at the image even while another program writes to it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" f format' -s 'f' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" output' -l 'output' -d 'The form of the output.' -rfka 'human json'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" r repair' -s 'r' -l 'repair' -d 'Repair leaked clusters. all: fail where there is more to repair.' -rfka 'leaks all'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" T' -s 'T' -d 'Taken for compatibility: tables are read through the page cache.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors and findings.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image check" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image convert" -ge 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" f' -s 'f' -d 'The sources\' format; else their first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" l' -s 'l' -d 'Read an internal snapshot: its id, its name, or snapshot.id=ID,snapshot.name=NAME.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" T' -s 'T' -d 'none, off and directsync read what the disk has, not what the page cache has kept.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" U force-share' -s 'U' -l 'force-share' -d 'Read the sources even while other programs write to them.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" salvage' -l 'salvage' -d 'Read what is damaged or missing as zeros, and say how much was lost.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" trust-probed' -l 'trust-probed' -d 'Follow layers that only look like qcow2, because no format is recorded for them.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" O' -s 'O' -d 'The target\'s format.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert"' -s 'o' -d 'Options of that format, separated by commas. help: list them. May be repeated.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" c' -s 'c' -d 'Compress the clusters of a qcow2 target.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" B b' -s 'B' -s 'b' -d 'Keep this image below a qcow2 target: a layer of the source\'s chain, or a copy of the image right below the source. The name is relative to the target.' -rF
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" F' -s 'F' -d 'The format of the image below. It must be given.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" n' -s 'n' -d 'Write into a target that exists: a device, a raw file, or a qcow2 image, which keeps its kind.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" target-is-zero' -l 'target-is-zero' -d 'With -n: the target reads as zeros, so none are written.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" S' -s 'S' -d 'In a raw target, so many zeros become a hole. 0: all is written.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" t' -s 't' -d 'unsafe: the system writes the target to the disk when it likes. writeback, writethrough: it is there at the end. none, off, directsync: also past the page cache.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" bitmaps' -l 'bitmaps' -d 'Copy the persistent bitmaps of the source into a qcow2 target.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" skip-broken-bitmaps' -l 'skip-broken-bitmaps' -d 'With --bitmaps: leave out those that were not saved properly.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" p progress' -l 'progress' -s 'p' -d 'Show progress on standard output.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" r' -s 'r' -d 'Write at most so many bytes of data a second.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" m' -s 'm' -d '1 to 16: accepted; there is a thread for each processor.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" W' -s 'W' -d 'Accepted; the order of writes never matters.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" C' -s 'C' -d 'Accepted; blocks are shared wherever they can be.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image convert" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image create" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" f' -s 'f' -d 'The image\'s format.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create"' -s 'o' -d 'Options of the format, separated by commas. help: list them. May be repeated.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" b' -s 'b' -d 'The image below, whose name is relative to the new one.' -rF
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" F' -s 'F' -d 'The format of the image below. It must be given.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" u' -s 'u' -d 'Do not open the image below; the size must be given.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image create" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image info" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" U force-share' -s 'U' -l 'force-share' -d 'Look at the image even while another program writes to it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" f format' -s 'f' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" output' -l 'output' -d 'The form of the output.' -rfka 'human json'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" backing-chain' -l 'backing-chain' -d 'Tell of all images below it as well.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image info" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image map" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" U force-share' -s 'U' -l 'force-share' -d 'Look at the image even while another program writes to it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" f format' -s 'f' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" output' -l 'output' -d 'The form of the output.' -rfka 'human json'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" s start-offset' -s 's' -l 'start-offset' -d 'Begin at this byte of the disk.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" l max-length' -s 'l' -l 'max-length' -d 'Tell of so many bytes.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" provenance' -l 'provenance' -d 'Print lines of JSON instead: one that names the layers, then one for each run of bytes that come from one place.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" svg' -l 'svg' -d 'Draw instead which layer the data lies in, and what of it is seen from the top. An older drawing is replaced, no other file. -: standard output.' -rF
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image map" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image measure" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" size' -l 'size' -d 'Measure an empty disk of this size.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" O' -s 'O' -d 'The format of the new file.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure"' -s 'o' -d 'Options of that format, separated by commas. help: list them. May be repeated.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" l' -s 'l' -d 'Measure an internal snapshot instead of the present state.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" U force-share' -s 'U' -l 'force-share' -d 'Look at the image even while another program writes to it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" f format' -s 'f' -l 'format' -d 'The image\'s format; else its first bytes tell.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" output' -l 'output' -d 'The form of the output.' -rfka 'human json'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image measure" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image rebase" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" b' -s 'b' -d 'The image to be below: "" for none.' -rfka ''
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" f' -s 'f' -d 'The image\'s format.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" F' -s 'F' -d 'The format of the image to be below.' -rfka 'raw qcow2'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" t' -s 't' -d 'The image is on the disk at the end. none, off, directsync: also past the page cache.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" T' -s 'T' -d 'none, off and directsync read what the disk has, not what the page cache has kept.' -rfka 'none off directsync writeback writethrough unsafe'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" u' -s 'u' -d 'Change the header only.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" U force-share' -s 'U' -l 'force-share' -d 'Only with -u, which opens nothing below.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" p progress' -l 'progress' -s 'p' -d 'Show progress on standard output.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" q quiet' -l 'quiet' -s 'q' -d 'Print nothing but errors.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image rebase" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_positional "clone-image snapshot" -eq 1' -F
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image snapshot" U force-share' -s 'U' -l 'force-share' -d 'Look at the image even while another program writes to it.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image snapshot"' -s 'l' -d 'List them. Without this, nothing is done.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image snapshot" q quiet' -l 'quiet' -s 'q' -d 'Taken for compatibility; the list is written all the same.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image snapshot" version' -l 'version' -d 'Show the version.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image snapshot" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'clone-image' -n '__clone-image_should_offer_completions_for_flags_or_options "clone-image help" version' -l 'version' -d 'Show the version.'
