
output "t" { value = templatefile("${path.module}/t.tftpl", { items = ["a", "b"], m = { k = "v" }, n = null, f = 1.5 }) }
output "h" {
  value = <<-EOT
    a
      b ${1 + 1}
    %{ for x in [1, 2] ~}
    - ${x}
    %{ endfor ~}
    end
  EOT
}
output "h2" {
  value = <<EOT
  keep
%{ if true ~}
   x
%{ endif ~}
y\n "q" $${z}
EOT
}
