#include "providers/local/metadata.h"

namespace certferry {

namespace {

std::vector<FieldMetadata> fields() {
  return {
      {.key = "names",
       .help = "the names that the server serves with these files",
       .required = true,
       .example = "[www.example.com, example.com]",
       .list = true},
      {.key = "chain",
       .help = "where the server reads the certificate and its chain; {name} stands for the name",
       .example = "/etc/nginx/tls/{name}.pem",
       .path = true},
      {.key = "key",
       .help = "where it reads the key",
       .example = "/etc/nginx/tls/{name}.key",
       .path = true},
      {.key = "bundle",
       .help = "where it reads chain and key in one file, as HAProxy does",
       .example = "/etc/haproxy/certs/{name}.pem",
       .path = true},
      {.key = "server",
       .help = "apache, caddy, dovecot, haproxy, nginx or postfix: how it is checked and reloaded",
       .example = "nginx"},
      {.key = "check",
       .help = "a program and its arguments, no shell: whether the server would start with what is "
               "in place; another exit status than 0 takes the files back",
       .example = "[nginx, -t, -q]",
       .list = true},
      {.key = "reload",
       .help = "a program and its arguments that makes the server load the files",
       .example = "[systemctl, reload, nginx]",
       .list = true},
      {.key = "owner",
       .help = "whose the files are; left out: as those before, or the own user",
       .example = "postgres"},
      {.key = "group", .help = "and of which group", .example = "ssl-cert"},
      {.key = "mode",
       .help = "of the files with the key in them; left out: as before, or 0600",
       .example = "\"0640\""},
  };
}

std::vector<ProductMetadata> products() {
  return {{
      .id = "files",
      .title = "Files of a server on this machine",
      .store = StoreKind::kInline,
      .confirm =
          {.rounds = 2, .spread = seconds(5), .deadline = minutes(2), .retry_interval = seconds(1)},
      .accepted_keys = {},
      .proof = "served",
  }};
}

std::vector<Oddity> oddities() {
  return {
      {.what = "Two files cannot be replaced at one moment. Each becomes a link that leads through "
               "one link, PATH.certferry/now, to the folder of one pair, and the switch is the "
               "renaming of that one; whoever dies in between leaves one pair or the other. What "
               "was there before the first switch is copied beside it (PATH.certferry/found-...), "
               "and goes when two renewals have followed",
       .evidence = "rename(2), symlink(7); PATH is the chain's or else the bundle's"},
      {.what = "Only a regular file, or nothing, is replaced by a link: a folder, a device, a pipe "
               "and a link that somebody else made are refused and stay as they are. So are "
               "folders that other users may change, and keys that everybody may read",
       .evidence = "certbot's live folder has such links, which are certbot's own"},
      {.what = "The check sees the files in place, for that is where the server's configuration "
               "leads; when it refuses, the pair before it is put back, and the server was told "
               "nothing. When the reload fails the pair before it is put back and loaded again",
       .evidence = "nginx: nginx -t reads the files that its configuration names"},
      {.what = "A reload returns before the server serves the new pair, and one that is told to "
               "reload a configuration that it cannot load goes on with what it has: only a "
               "handshake tells, so the name is asked afterwards as everywhere",
       .evidence = "nginx: Controlling nginx; apachectl(8), graceful"},
      {.what = "Accounts with the same paths are several servers that read the same files; each is "
               "known by its check and reload, and each is told",
       .evidence = "a mail server and a web server with one certificate"},
      {.what = "The last words of what a check or reload prints as its error are quoted; a "
               "command of one's own must not print a secret there",
       .evidence = "none of the servers named here prints a key"},
      {.what = "A file that is mounted into a container by itself does not see a renaming; mount "
               "the folder",
       .evidence = "mount(2): a bind mount stays with the file it was made of"},
      {.what = "The service runs as a user of its own that may write to its state alone; "
               "docs/SERVERS.md says what it needs for this",
       .evidence = "systemd.exec(5), ProtectSystem=strict"},
  };
}

}  // namespace

const ProviderMetadata& local_metadata() {
  static const ProviderMetadata kMetadata = {
      .id = "local",
      .name = "A server on this machine",
      .endpoint = "",
      .keys_url = "",
      .documents = {"https://nginx.org/en/docs/control.html",
                    "https://httpd.apache.org/docs/2.4/stopping.html",
                    "https://docs.haproxy.org/2.6/configuration.html#5.1-crt"},
      .fields = fields(),
      .products = products(),
      .limits = {.calls_per_second = 100,
                 .burst = 100,
                 .max_in_flight = 1,
                 .list_consistency = milliseconds(0)},
      .oddities = oddities(),
  };
  return kMetadata;
}

}  // namespace certferry
