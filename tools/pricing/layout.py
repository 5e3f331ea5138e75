"""What every price table consists of: shared by convert.py (writes pricing/) and check.py (proves it complete).

A table is a matrix: one row per thing that is sold, one column per region, one price per cell.
"""

import csv
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

MISSING = "-"


@dataclass(frozen=True)
class Table:
    """One CSV of the reference folder and how its columns become a matrix."""

    name: str
    title: str
    keys: tuple
    unit: str | None = None
    """Unit of every row; None when the CSV has a `unit` column."""
    price: str = "price_usd"
    attributes: tuple = ()
    column: str = "region"
    notes: tuple = field(default=())

    @property
    def file(self):
        return f"{self.name}.tsv"


TABLES = (
    Table(
        "fargate",
        "AWS Fargate on demand; ephemeral storage is charged above the included 20 GB",
        ("os", "arch", "metric"),
    ),
    Table(
        "fargate_spot",
        "Fargate Spot: a snapshot of a floating price, an estimate only",
        ("os", "arch", "metric"),
        notes=("of two captures of one key the newest is kept",),
    ),
    Table(
        "fargate_savings_plans",
        "Fargate under a Compute Savings Plan",
        ("os", "arch", "metric", "term", "payment"),
    ),
    Table("load_balancers", "Elastic Load Balancing", ("lb_type", "metric"), attributes=("source_item",)),
    Table(
        "network",
        "VPC addresses, gateways, endpoints and data transfer; tiers are per month",
        ("item",),
        attributes=("tier_start", "tier_end", "source_item"),
        notes=("the account-wide 100 GB a month of free egress is not in the rows",),
    ),
    Table(
        "data_transfer_interregion",
        "Data transfer between regions; rows receive, columns send and are charged",
        ("to_region",),
        column="from_region",
    ),
    Table(
        "rds_instances",
        "RDS on-demand instances, PostgreSQL, MySQL, MariaDB",
        ("engine", "license", "deployment", "instance_class"),
        "instance-hour",
        "price_usd_hour",
        ("vcpu", "memory_gib"),
    ),
    Table(
        "rds_instances_commercial",
        "RDS on-demand instances, SQL Server and Oracle",
        ("engine", "license", "deployment", "instance_class"),
        "instance-hour",
        "price_usd_hour",
        ("vcpu", "memory_gib"),
    ),
    Table(
        "rds_storage",
        "RDS and Aurora storage, I/O, backup, proxy, serverless capacity, extended support",
        ("family", "item", "deployment"),
        attributes=("source_item",),
    ),
    Table(
        "rds_reserved",
        "RDS reserved instances, PostgreSQL and MySQL",
        ("engine", "deployment", "instance_class", "term", "payment", "metric"),
        notes=("no-upfront rows have no `upfront` row: it is zero by definition",),
    ),
    Table(
        "aurora_instances",
        "Aurora on-demand instances",
        ("engine", "storage_mode", "instance_class"),
        "instance-hour",
        "price_usd_hour",
    ),
    Table(
        "elasticache_nodes",
        "ElastiCache on-demand nodes",
        ("engine", "node_type", "data_tiering"),
        "node-hour",
        "price_usd_hour",
        ("vcpu", "memory_gib"),
    ),
    Table("elasticache_serverless", "ElastiCache Serverless", ("engine", "metric")),
    Table(
        "elasticache_reserved",
        "ElastiCache reserved nodes; the upfront part is already spread over the hours",
        ("engine", "node_type", "term", "payment"),
        "node-hour",
        "effective_hourly_usd",
    ),
    Table(
        "ec2_ondemand_linux",
        "EC2 on demand, Linux, shared tenancy",
        ("instance_type",),
        "instance-hour",
        "price_usd_hour",
        ("vcpu", "memory_gib"),
    ),
    Table(
        "ec2_reserved_linux",
        "EC2 reserved instances, Linux, shared tenancy, no upfront payment",
        ("instance_type", "offering", "term", "payment"),
        "instance-hour",
        "hourly_usd",
    ),
    Table(
        "ebs",
        "EBS volumes; gp3 throughput is per GiBps-month, 1/1024 of it per MiBps",
        ("volume_type", "metric"),
        attributes=("source_item",),
    ),
    Table(
        "services",
        "Services billed by use; prices are per single unit (request, not million)",
        ("service", "item"),
        attributes=("tier_start", "tier_end", "source_item"),
        notes=("tiers are per month; `global` holds what has one price everywhere",),
    ),
)

REGION_COLUMNS = ("region", "price_list_location", "display_name", "billing_code")


def rows_of(folder, name):
    """The rows of one reference CSV as dictionaries."""
    with open(Path(folder) / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_zero(text):
    return Decimal(text) == 0


def rds_effective(upfront, hourly, term):
    """What the reference calls `effective_hourly_usd`: the upfront part spread over the hours of the term."""
    return Decimal(hourly) + Decimal(upfront) / (8760 * {"1yr": 1, "3yr": 3}[term])


def same_rate(exact, rounded):
    """Whether `rounded` is `exact` to the six decimals that the reference keeps of derived rates."""
    return abs(Decimal(exact) - Decimal(rounded)) <= Decimal("0.0000005")


def cells_of(table, folder):
    """Every price of a table: (key, tier_start, region, price, (source, captured), attributes).

    Raises ValueError where the reference says something this layout cannot hold.
    """
    for row in rows_of(folder, table.name):
        provenance = (row["source"], row["captured"] or "unknown")
        attributes = {name: row[name] or MISSING for name in table.attributes}
        attributes["unit"] = table.unit or row.get("unit")
        tier_start = row.get("tier_start", "0")
        region = row[table.column]

        if table.name == "rds_reserved":
            key = tuple(row[name] for name in table.keys[:-1])
            attributes["unit"] = "instance-hour"
            yield (*key, "hourly"), tier_start, region, row["hourly_usd"], provenance, attributes
            if row["payment"] == "no-upfront":
                if not is_zero(row["upfront_usd"]):
                    raise ValueError(f"{table.name}: {key} in {region} is no-upfront and has an upfront price")
            else:
                yield (*key, "upfront"), tier_start, region, row["upfront_usd"], provenance, {"unit": "instance"}
            continue
        if table.name == "ec2_reserved_linux":
            if not is_zero(row["upfront_usd"]) or not same_rate(row["hourly_usd"], row["effective_hourly_usd"]):
                raise ValueError(f"{table.name}: {row} has an upfront part")
        yield tuple(row[name] for name in table.keys), tier_start, region, row[table.price], provenance, attributes
