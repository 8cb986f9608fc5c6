{
  description = "Keeps the OAuth accounts of model providers, in the terminal and in the OS keyring";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: {
        default = pkgs.buildGoModule {
          pname = "hermes-tui";
          version = self.shortRev or "dirty";
          src = self;

          # the NAR hash of what `go mod vendor` makes; a test computes it anew
          vendorHash = "sha256-lgIrgYDtsCFOGAqSwhWIU3mkT43jEhkwFRglwf2g5Jk=";

          subPackages = [ "cmd/hermes-tui" ];
          env.CGO_ENABLED = "0";
          ldflags = [ "-s" "-w" ];
          doCheck = false; # the tests want git, a home folder and loopback

          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = pkgs.lib.optionalString (pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform) ''
            export HOME=$TMPDIR
            mkdir man
            $out/bin/hermes-tui man man
            installManPage man/*.1
            for shell in bash zsh fish; do
              $out/bin/hermes-tui completion $shell >hermes-tui.$shell
            done
            installShellCompletion hermes-tui.bash hermes-tui.fish --zsh --name _hermes-tui hermes-tui.zsh
          '';

          meta = {
            description = "Keeps the OAuth accounts of model providers, in the terminal and in the OS keyring";
            homepage = "https://github.com/hermes-tui/hermes-tui";
            license = pkgs.lib.licenses.mit;
            mainProgram = "hermes-tui";
          };
        };
      });
    };
}
