#!/bin/sh
# Speaks every sentence of assets/practice/*.json into assets/voices/LANGUAGE/SOUND.ogg, mono 16 kHz, where missing.
# Needs espeak-ng, sox (with Vorbis) and node. Give --again to make all of them anew.
set -eu
cd "$(dirname "$0")"
again=${1:-}
node -e '
  const fs = require("fs");
  for (const file of fs.readdirSync("../practice").filter((name) => name.endsWith(".json")).sort()) {
    const script = JSON.parse(fs.readFileSync(`../practice/${file}`, "utf8"));
    // The customer of each script has a pitch of their own, made from its name.
    const pitch = 35 + ([...script.scriptId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 45);
    for (const step of script.steps.filter((each) => each.kind === "say"))
      for (const language of ["zh-CN", "en"])
        console.log([language, step.sound, pitch, step.text[language]].join("\t"));
  }
' | while IFS="$(printf '\t')" read -r language sound pitch text; do
  out="$language/$sound.ogg"
  [ -f "$out" ] && [ "$again" != --again ] && continue
  mkdir -p "$language"
  case $language in zh-CN) voice=cmn; speed=170 ;; *) voice=en-gb; speed=155 ;; esac
  espeak-ng -v "$voice" -s "$speed" -p "$pitch" --stdout "$text" |
    sox -t wav - -r 16000 -c 1 -C -1 "$out" norm -3 silence 1 0.05 0.5% pad 0.1 0.2
  echo "$out"
done
