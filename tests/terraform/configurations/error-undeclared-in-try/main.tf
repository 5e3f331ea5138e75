output "o" { value = try(local.nowhere, "fallback") }
