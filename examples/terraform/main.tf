# infisical-login sets TF_VAR_infisical_token, and takes its own credentials away
# from Terraform and from every provider and provisioner that it starts.
variable "infisical_token" {
  type      = string
  sensitive = true
  ephemeral = true # Terraform 1.10: neither in the plan nor in the state
}

provider "infisical" {
  auth = {
    token = var.infisical_token
  }
}
