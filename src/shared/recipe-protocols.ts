// The protocol with which a recipe's check connects: it depends on the port.
import type { DeploymentVerify, RecipeInfo } from './deployment.ts';

export function protocolOf(
  { byPort, otherwise }: RecipeInfo['protocols'],
  port: number,
): DeploymentVerify['protocol'] {
  return byPort[port] ?? otherwise;
}
