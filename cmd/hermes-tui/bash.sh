# What the script below takes from the package bash-completion, where that is not there.
if ! declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    _get_comp_words_by_ref() {
        local line=${COMP_LINE:0:COMP_POINT}
        read -ra words <<<"$line"
        [[ $line == *[[:space:]] || -z $line ]] && words+=("")
        cword=$((${#words[@]} - 1))
        cur=${words[cword]}
        prev=""
        ((cword > 0)) && prev=${words[cword - 1]}
        return 0
    }
fi
if ! declare -F __ltrim_colon_completions >/dev/null 2>&1; then
    __ltrim_colon_completions() {
        [[ $1 == *:* && $COMP_WORDBREAKS == *:* ]] || return 0
        local start=${1%"${1##*:}"} i
        for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$start"}; done
    }
fi
if ! declare -F _filedir >/dev/null 2>&1; then
    _filedir() {
        local name kind=-f
        [[ ${1-} == -d ]] && kind=-d
        while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$kind" -- "$cur")
    }
fi

