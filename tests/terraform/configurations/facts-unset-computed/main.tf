resource "aws_ecs_service" "s" { name = "s" }
resource "aws_lb" "l" { name = "l" }
output "id" { value = aws_ecs_service.s.id }
output "arn" { value = aws_lb.l.arn }
output "zone" { value = "zone ${aws_lb.l.zone_id}" }
output "all" { value = aws_lb.l.tags_all }
output "groups" { value = aws_lb.l.security_groups }
output "kind" { value = can(tonumber(aws_lb.l.arn_suffix)) }
