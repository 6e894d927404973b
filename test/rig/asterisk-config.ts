/** What the rig's Asterisk needs to know. */
export type AsteriskConfig = {
  /** A directory of its own, as Asterisk sees it from inside the chroot. */
  readonly dir: string;
  /** Where seats reach it: 127.0.0.1, or an address of its own network namespace. */
  readonly address: string;
  /** Where its manager port listens; from `controller` alone. */
  readonly control: { readonly address: string; readonly controller: string };
  readonly wsPort: number;
  /** WSS with the certificate in `etc/switch.pem`, else plain WebSocket. */
  readonly isSecure: boolean;
  readonly amiPort: number;
  readonly sipPort: number;
  readonly amiSecret: string;
  /** First and last UDP port for media. */
  readonly rtpPorts: readonly [number, number];
  readonly seats: readonly { readonly user: string; readonly password: string }[];
  /** Modules beside those a call needs. */
  readonly modules: readonly string[];
};

/** The modules a seat's call needs and no others: Asterisk is then ready in about a second. */
const modules = [
  ...['bridge_simple', 'bridge_native_rtp', 'bridge_softmix', 'bridge_builtin_features', 'bridge_holding'],
  ...['chan_pjsip', 'pbx_config', 'res_convert', 'res_crypto', 'res_http_websocket', 'res_musiconhold'],
  ...[
    'app_dial',
    'app_echo',
    'app_exec',
    'app_mixmonitor',
    'app_playback',
    'app_playtones',
    'app_senddtmf',
    'app_stack',
  ],
  ...['app_queue', 'app_verbose', 'codec_alaw', 'codec_ulaw', 'codec_opus_open_source', 'codec_resample'],
  ...['format_pcm', 'format_sln', 'format_wav', 'func_base64', 'func_callerid', 'func_channel', 'func_logic'],
  ...['func_hangupcause', 'func_strings', 'func_volume', 'res_format_attr_opus', 'res_rtp_asterisk', 'res_srtp'],
  ...['res_sorcery_astdb', 'res_sorcery_config', 'res_sorcery_memory', 'res_timing_timerfd', 'res_pjproject'],
  ...['res_pjsip', 'res_pjsip_authenticator_digest', 'res_pjsip_caller_id', 'res_pjsip_dtmf_info', 'res_pjsip_refer'],
  ...['res_pjsip_endpoint_identifier_user', 'res_pjsip_endpoint_identifier_ip', 'res_pjsip_header_funcs'],
  ...['res_pjsip_messaging', 'res_pjsip_nat', 'res_pjsip_logger', 'res_pjsip_registrar', 'res_pjsip_rfc3326'],
  ...['res_pjsip_sdp_rtp', 'res_pjsip_session', 'res_pjsip_transport_websocket', 'res_pjsip_dlg_options'],
  'res_pjsip_pubsub',
];

/** Every configuration file, by name: what stands in `etc/` of the rig's own directory. */
export function asteriskConfig(config: AsteriskConfig): Readonly<Record<string, string>> {
  return {
    'asterisk.conf': asteriskConf(config.dir),
    'modules.conf': modulesConf([...modules, ...config.modules]),
    'logger.conf': '[general]\n[logfiles]\nfull => notice,warning,error,verbose\n',
    'http.conf': httpConf(config),
    'manager.conf': managerConf(config),
    'rtp.conf': `[general]\nrtpstart=${config.rtpPorts[0]}\nrtpend=${config.rtpPorts[1]}\nicesupport=yes\n`,
    'musiconhold.conf': `[default]\nmode=files\ndirectory=${config.dir}/sounds\n`,
    'queues.conf': '[general]\n',
    'pjsip.conf': pjsipConf(config),
    'extensions.conf': extensionsConf(config),
    'codecs.conf': '[opus]\ntype=opus\nfec=yes\n',
  };
}

function modulesConf(names: readonly string[]): string {
  return `[modules]\nautoload=no\n${names.map((name) => `load=${name}.so`).join('\n')}\n`;
}

function asteriskConf(dir: string): string {
  return `[directories]
astetcdir => ${dir}/etc
astvarlibdir => ${dir}/lib
astdbdir => ${dir}/lib
astkeydir => ${dir}/lib
astspooldir => ${dir}/spool
astrundir => ${dir}/run
astlogdir => ${dir}/log
astcachedir => ${dir}/lib
astdatadir => /usr/share/asterisk
[options]
verbose = 3
lightbackground = no
documentation_language = en_US
`;
}

/** Plain on loopback; beyond it encrypted, for the pages of a seat talk to no switch in the clear. */
function httpConf({ address, wsPort, isSecure, dir }: AsteriskConfig): string {
  const listen = isSecure
    ? `tlsenable=yes\ntlsbindaddr=${address}:${wsPort}\ntlscertfile=${dir}/etc/switch.pem\ntlsprivatekey=${dir}/etc/switch.pem`
    : `bindaddr=${address}\nbindport=${wsPort}`;
  return `[general]\nenabled=yes\n${listen}\nenable_static=no\n`;
}

function managerConf(config: AsteriskConfig): string {
  return `[general]
enabled=yes
port=${config.amiPort}
bindaddr=${config.control.address}
[rig]
secret=${config.amiSecret}
deny=0.0.0.0/0.0.0.0
permit=${config.control.controller}/255.255.255.255
read=system,call,dtmf,agent,user,command,originate
write=all
writetimeout=5000
`;
}

function pjsipConf(config: AsteriskConfig): string {
  const transports = `[global]
type=global
user_agent=hookline-rig
[ws]
type=transport
protocol=${config.isSecure ? 'wss' : 'ws'}
bind=${config.address}
[udp]
type=transport
protocol=udp
bind=${config.address}:${config.sipPort}
`;
  const seats = config.seats.flatMap(({ user, password }) => [
    endpoint(user, password, 'webrtc=yes\ndtls_auto_generate_cert=yes\nallow=!all,opus,ulaw'),
    endpoint(`${user}-udp`, password, 'allow=!all,opus,ulaw'),
  ]);
  return `${transports}${seats.join('')}`;
}

function endpoint(name: string, password: string, media: string): string {
  return `[${name}]
type=endpoint
context=from-seat
message_context=commands-${name}
auth=${name}
aors=${name}
${media}
direct_media=no
rtp_symmetric=yes
send_pai=yes
trust_id_outbound=yes
[${name}]
type=auth
auth_type=userpass
username=${name}
password=${password}
[${name}]
type=aor
max_contacts=1
remove_existing=yes
`;
}

/**
 * The dial plan. `rig-caller` is the caller: it plays a tone of TONE hertz, or what the seat hears is silence. `rig-dial`
 * rings a seat with the caller's name, given in base64 so that any bytes survive. `from-seat` is what a seat may dial.
 */
function extensionsConf({ seats }: AsteriskConfig): string {
  const commands = seats.map(
    ({ user }) => `[commands-${user}]
exten => _[a-zA-Z0-9]!,1,NoOp(MESSAGE to \${EXTEN})
 same => n,Set(MESSAGE(body)=200 \${MESSAGE(body)})
 same => n,MessageSend(pjsip:${user},sip:\${EXTEN}@127.0.0.1)
 same => n,Hangup()
`,
  );
  return `[general]
static=yes
writeprotect=yes
[rig-caller]
exten => _X.,1,Answer()
 same => n,PlayTones(\${EXTEN})
 same => n,Wait(7200)
[rig-dial]
exten => _X.,1,Set(CALLERID(name)=\${BASE64_DECODE(\${RIG_NAME})})
 same => n,Set(CALLERID(num)=\${RIG_NUMBER})
 same => n,Dial(PJSIP/\${EXTEN},\${RIG_TIMEOUT})
 same => n,Hangup()
[from-seat]
exten => *43,1,Answer()
 same => n,Echo()
exten => _*XX.,1,Answer()
 same => n,PlayTones(\${EXTEN:1})
 same => n,Wait(7200)
exten => 486,1,Busy(1)
exten => 180,1,Ringing()
 same => n,Wait(60)
exten => _600X,1,Dial(PJSIP/\${EXTEN},60)
 same => n,Hangup()
${commands.join('')}`;
}
